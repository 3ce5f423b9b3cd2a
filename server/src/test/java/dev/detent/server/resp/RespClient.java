// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Talks to a door over a bare socket, and shows what comes back as `redis-cli` does.
final class RespClient implements AutoCloseable {
  private static final int WAIT_MS_MAX = 60_000;

  private final Socket socket;
  private final InputStream in;

  RespClient(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(WAIT_MS_MAX);
    socket.setTcpNoDelay(true);
    in = new BufferedInputStream(socket.getInputStream());
  }

  /// Sends bytes as they are.
  RespClient raw(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  /// Sends a command.
  RespClient send(String... words) throws IOException {
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes(("*" + words.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
    for (String word : words) {
      byte[] content = word.getBytes(StandardCharsets.UTF_8);
      bytes.writeBytes(("$" + content.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
      bytes.writeBytes(content);
      bytes.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
    }
    socket.getOutputStream().write(bytes.toByteArray());
    return this;
  }

  /// Sends a command and returns its answer.
  String ask(String... words) throws IOException {
    return send(words).read();
  }

  /// Reads one answer.
  String read() throws IOException {
    String line = line();
    String rest = line.substring(1);
    return shown(line, rest).replace("\r", "\\r").replace("\n", "\\n");
  }

  private String shown(String line, String rest) throws IOException {
    return switch (line.charAt(0)) {
      case '+' -> rest;
      case '-' -> "(error) " + rest;
      case ':' -> "(integer) " + rest;
      case '_' -> "(nil)";
      case '$' -> rest.equals("-1") ? "(nil)" : "\"" + bulk(Integer.parseInt(rest)) + "\"";
      case '=' -> bulk(Integer.parseInt(rest)).substring(4);
      case '*', '~', '>' ->
          rest.equals("-1") ? "(nil)" : items(Integer.parseInt(rest), line.charAt(0));
      case '%' -> items(2 * Integer.parseInt(rest), '%');
      default -> throw new IOException("unexpected " + line);
    };
  }

  private String items(int count, char kind) throws IOException {
    List<String> items = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      items.add(read());
    }
    return (kind == '*' ? "" : kind) + items.toString();
  }

  private String bulk(int length) throws IOException {
    String text = new String(in.readNBytes(length), StandardCharsets.UTF_8);
    in.skipNBytes(2);
    return text;
  }

  private String line() throws IOException {
    var line = new ByteArrayOutputStream();
    for (int c = in.read(); c != '\r'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("closed after " + line);
      }
      line.write(c);
    }
    in.skipNBytes(1);
    return line.toString(StandardCharsets.UTF_8);
  }

  /// Reads everything until the other side closes.
  String rest() throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
