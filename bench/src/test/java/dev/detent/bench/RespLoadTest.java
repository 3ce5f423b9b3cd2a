// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(240)
class RespLoadTest {
  private static final String OK = "+OK\r\n";

  private ServerSocket server;
  private InetSocketAddress address;

  @BeforeEach
  void listen() throws IOException {
    server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    address = new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  @Test
  void writesCommandsAsClientsDo() {
    String text = new String(RespLoad.command("GET", "ä"), StandardCharsets.UTF_8);
    assertThat(text).isEqualTo("*2\r\n$3\r\nGET\r\n$2\r\nä\r\n");
  }

  @Test
  void countsEachAnswer() throws IOException {
    answer(OK);
    try (var load = RespLoad.open(address, pings(), 2, 3)) {
      Run run = load.run(Duration.ZERO);
      assertThat(run.value(Figure.RATE)).isPositive();
      assertThat(run.value(Figure.P99)).isPositive();
    }
  }

  @Test
  void endsAtARefusal() throws IOException {
    answer("$-1\r\n");
    try (var load = RespLoad.open(address, pings(), 1, 1)) {
      assertThatIllegalStateException()
          .isThrownBy(() -> load.run(Duration.ofSeconds(10)))
          .withMessageStartingWith("load: expected only '+OK\\r\\n', got '$-1\\r\\n");
    }
  }

  @Test
  void givesEachConnectionItsOwnKeysAndEachKeyItsCommandsInTurn() {
    RespCommands commands =
        RespCommands.of(OK, key -> List.of(new String[] {key, "b"}, new String[] {key, "a"}));
    int share = Keys.COUNT / RespCommands.CONNECTIONS;
    Set<String> first = new HashSet<>();
    for (int connection = 0; connection < RespCommands.CONNECTIONS; connection++) {
      for (int i = 0; i < share; i++) {
        String command = text(commands.next(connection));
        assertThat(command).endsWith("b\r\n");
        first.add(command);
      }
    }
    assertThat(first).hasSize(Keys.COUNT);
    assertThat(text(commands.next(0))).endsWith("a\r\n");
  }

  private static String text(byte[] command) {
    return new String(command, StandardCharsets.UTF_8);
  }

  private static RespLoad.Commands pings() {
    byte[] ping = RespLoad.command("PING");
    return new RespLoad.Commands() {
      @Override
      public byte[] next(int connection) {
        return ping;
      }

      @Override
      public String answer() {
        return OK;
      }
    };
  }

  private void answer(String answer) {
    int length = RespLoad.command("PING").length;
    Thread.ofVirtual()
        .start(() -> {
          try {
            while (!server.isClosed()) {
              Socket client = server.accept();
              Thread.ofVirtual().start(() -> answer(client, length, answer));
            }
          } catch (IOException e) {
            assertThat(server.isClosed()).isTrue();
          }
        });
  }

  private static void answer(Socket client, int length, String answer) {
    try (client) {
      InputStream in = client.getInputStream();
      while (in.readNBytes(length).length == length) {
        client.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
