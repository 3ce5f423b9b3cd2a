// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.detent.DetentException;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Holds the door to its own limits.
class LimitsTest {
  private static final String GET = "GET /turnstile/a HTTP/1.1\r\nHost: x\r\n\r\n";
  private static final String POST = "POST /turnstile/a/coin HTTP/1.1\r\nHost: x\r\n";

  @Test
  void refusesOneConnectionTooMany(@TempDir Path folder) throws IOException {
    try (var door = RunningDoor.open(folder, options -> options.connectionsMax(2));
        var first = new Wiretap(door.port());
        var second = new Wiretap(door.port())) {
      assertThat(first.send(GET).response().status()).isEqualTo(200);
      assertThat(second.send(GET).response().status()).isEqualTo(200);
      try (var third = new Wiretap(door.port())) {
        Wiretap.Response got = third.send(GET).response();
        assertThat(got.status()).isEqualTo(503);
        assertThat(got.header("Retry-After")).isEqualTo("1");
        assertThat(got.body()).contains("\"code\":\"OVERLOADED\"");
        assertThat(third.isClosed()).isTrue();
      }
      assertThat(first.send(GET).response().status()).isEqualTo(200);
    }
  }

  @Test
  void closesAConnectionThatIsSilent(@TempDir Path folder) throws IOException {
    try (var door = RunningDoor.open(folder, LimitsTest::quick);
        var mute = new Wiretap(door.port());
        var half = new Wiretap(door.port());
        var idle = answered(door.port())) {
      half.send("GET /turnstile/a HT");
      assertThat(mute.isClosed()).isTrue();
      assertThat(half.isClosed()).isTrue();
      assertThat(idle.isClosed()).isTrue();
    }
  }

  /// Returns a connection that was answered: one that had to wait for its turn on a busy machine
  /// may be cut for its silence before it has asked.
  private static Wiretap answered(int port) throws IOException {
    while (true) {
      var asking = new Wiretap(port);
      try {
        assertThat(asking.send(GET).response().status()).isEqualTo(200);
        return asking;
      } catch (EOFException | SocketException e) {
        asking.close();
      }
    }
  }

  @Test
  void givesUpOnABodyThatDrips(@TempDir Path folder) throws IOException {
    try (var door = RunningDoor.open(folder, LimitsTest::quick);
        var client = new Wiretap(door.port())) {
      client.send(POST + "Content-Length: 1000\r\n\r\n{");
      assertThat(client.response().status()).isEqualTo(400);
    } catch (EOFException | SocketException closed) {
      // The idle timeout of the connection may come first; either way it is over.
      assertThat(closed).isNotNull();
    }
  }

  @Test
  void refusesBodiesThatTakeTooMuchTogether(@TempDir Path folder) throws IOException {
    try (var door = RunningDoor.open(folder, LimitsTest::small)) {
      String part = "{\"a\":\"" + "x".repeat(6_000);
      String rest = "x".repeat(3_992) + "\"}";
      try (var one = new Wiretap(door.port());
          var two = new Wiretap(door.port())) {
        one.send(POST + "Content-Length: 10000\r\n\r\n" + part);
        two.send(POST + "Content-Length: 10000\r\n\r\n" + part);
        Wiretap refused = firstToHear(one, two);
        assertThat(refused.response().status()).isEqualTo(503);
        Wiretap taken = refused == one ? two : one;
        assertThat(taken.send(rest).response().status()).isEqualTo(200);
      }
    }
  }

  private static Wiretap firstToHear(Wiretap... clients) {
    var first = new CompletableFuture<Wiretap>();
    for (Wiretap client : clients) {
      Thread.ofVirtual()
          .start(() -> {
            if (client.hears()) {
              first.complete(client);
            }
          });
    }
    return first.orTimeout(60, TimeUnit.SECONDS).join();
  }

  @Test
  void saysEverythingThatIsWrongWithOptions() {
    HttpOptions.Builder builder =
        HttpOptions.builder()
            .host(" ")
            .port(70_000)
            .token("with blank")
            .tls(Path.of("cert.pem"), null)
            .bodyBytesMax(0)
            .idleTimeout(Duration.ZERO)
            .noopPath("noop");
    assertThatThrownBy(builder::build)
        .isInstanceOf(DetentException.class)
        .hasMessageContaining("host: expected a name or an address")
        .hasMessageContaining("port: expected 0 to 65535, got 70000")
        .hasMessageContaining("token: ")
        .hasMessageContaining("tlsCertificate and tlsKey: expected both or none")
        .hasMessageContaining("bodyBytesMax: expected 1 to 2147483647, got 0")
        .hasMessageContaining("idleTimeout: expected 100 to 86400000, got 0")
        .hasMessageContaining("noopPath: ")
        .message()
        .doesNotContain("with blank");
  }

  @Test
  void hidesTheToken() {
    assertThat(HttpOptions.builder().token("secret").build().toString())
        .isEqualTo("http://127.0.0.1:8080 with a token");
  }

  @Test
  void saysWhichAddressIsTaken(@TempDir Path folder, @TempDir Path other) {
    try (var door = RunningDoor.open(folder)) {
      assertThatThrownBy(() -> RunningDoor.open(other, options -> options.port(door.port())))
          .isInstanceOf(DetentException.class)
          .hasMessageContaining("127.0.0.1:" + door.port());
    }
  }

  private static HttpOptions.Builder quick(HttpOptions.Builder options) {
    return options.idleTimeout(Duration.ofMillis(300)).heartbeat(Duration.ofMillis(100));
  }

  private static HttpOptions.Builder small(HttpOptions.Builder options) {
    return options.bodyBytesMax(10_000).definitionBytesMax(10_000).bodiesBytesMax(10_000);
  }
}
