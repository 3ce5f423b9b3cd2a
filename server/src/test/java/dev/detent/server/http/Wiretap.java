// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// Speaks HTTP/1.1 over a bare socket, byte by byte, so that anything malformed can be sent.
final class Wiretap implements AutoCloseable {
  private final Socket socket;
  private final InputStream in;

  Wiretap(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(60_000);
    in = new BufferedInputStream(socket.getInputStream());
  }

  /// Holds what came back. Header names are in lower case.
  record Response(int status, Map<String, String> headers, String body) {
    String header(String name) {
      return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
    }
  }

  Wiretap send(String text) throws IOException {
    return send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  Wiretap send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
    return this;
  }

  void finishSending() throws IOException {
    socket.shutdownOutput();
  }

  /// Waits until a byte comes, and leaves it there; tells whether one came.
  synchronized boolean hears() {
    try {
      in.mark(1);
      boolean heard = in.read() >= 0;
      in.reset();
      return heard;
    } catch (IOException e) {
      return false;
    }
  }

  /// Reads a response to anything but HEAD.
  Response response() throws IOException {
    return response(true);
  }

  synchronized Response response(boolean withBody) throws IOException {
    int status = Integer.parseInt(line().split(" ")[1]);
    var headers = new TreeMap<String, String>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    String body = withBody ? new String(in.readNBytes(length), StandardCharsets.UTF_8) : "";
    return new Response(status, headers, body);
  }

  /// Reads a line without its end.
  String line() throws IOException {
    var line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("closed after '" + line.toString(StandardCharsets.UTF_8) + "'");
      }
      if (b != '\r') {
        line.write(b);
      }
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  /// Tells whether the server closes the connection without another byte.
  boolean isClosed() throws IOException {
    try {
      return in.read() < 0;
    } catch (java.net.SocketException e) {
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
