// SPDX-License-Identifier: Apache-2.0
package dev.detent.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.server.Config;
import dev.detent.server.Server;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Plays README's session with a Redis client against a server with the examples.
class RedisSessionTest {
  private static final String PROMPT = "127.0.0.1:6379> ";
  private static final int WAIT_MS_MAX = 60_000;

  @Test
  void answersAsReadmeSays(@TempDir Path folder) throws IOException {
    List<String> session = session();
    var config =
        Config.builder()
            .store("sqlite:" + folder.resolve("detent.db"))
            .http("off")
            .redis("127.0.0.1:0")
            .examples(true)
            .build();
    var played = new StringBuilder();
    try (Server server = Server.start(config);
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port(server))) {
      socket.setSoTimeout(WAIT_MS_MAX);
      var in = new BufferedInputStream(socket.getInputStream());
      for (String line : session) {
        if (line.startsWith(PROMPT)) {
          String command = line.substring(PROMPT.length()) + "\r\n";
          socket.getOutputStream().write(command.getBytes(StandardCharsets.UTF_8));
          played.append(line).append('\n').append(answer(in)).append('\n');
        }
      }
    }
    assertThat(played.toString()).isEqualTo(String.join("\n", session) + "\n");
    assertThat(session).hasSizeGreaterThan(10);
  }

  private static List<String> session() throws IOException {
    List<String> readme = Files.readAllLines(Path.of("..", "README.md"));
    int from = readme.indexOf("$ redis-cli") + 1;
    List<String> rest = readme.subList(from, readme.size());
    return rest.subList(0, rest.indexOf("```"));
  }

  private static int port(Server server) {
    String line = server.readyLine();
    String address = line.substring(line.indexOf("redis=") + 6).split(" ", 2)[0];
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  /// Reads an answer and shows it as redis-cli does at a terminal.
  private static String answer(InputStream in) throws IOException {
    String line = line(in);
    String rest = line.substring(1);
    return switch (line.charAt(0)) {
      case '+' -> rest;
      case '-' -> "(error) " + rest;
      case ':' -> "(integer) " + rest;
      case '$' -> rest.equals("-1") ? "(nil)" : quoted(in, Integer.parseInt(rest));
      case '*' -> items(in, Integer.parseInt(rest));
      default -> throw new IOException("unexpected " + line);
    };
  }

  private static String items(InputStream in, int count) throws IOException {
    var items = new StringBuilder();
    for (int i = 1; i <= count; i++) {
      items.append(i == 1 ? "" : "\n").append(i).append(") ").append(answer(in));
    }
    return items.toString();
  }

  private static String quoted(InputStream in, int length) throws IOException {
    String text = new String(in.readNBytes(length), StandardCharsets.UTF_8);
    in.skipNBytes(2);
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static String line(InputStream in) throws IOException {
    var line = new StringBuilder();
    for (int c = in.read(); c != '\r'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("closed after " + line);
      }
      line.append((char) c);
    }
    in.skipNBytes(1);
    return line.toString();
  }
}
