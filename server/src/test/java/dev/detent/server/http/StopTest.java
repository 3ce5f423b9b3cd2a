// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class StopTest {
  private static final String GET = "GET /turnstile/a HTTP/1.1\r\nHost: x\r\n\r\n";

  @Test
  @Timeout(240)
  void closesIdleSilentHalfOpenAndStreamingConnections(@TempDir Path folder) throws IOException {
    try (var running = RunningDoor.open(folder);
        var silent = new Wiretap(running.port());
        var half = new Wiretap(running.port());
        var idle = new Wiretap(running.port());
        var stream = new Wiretap(running.port())) {
      half.send("GET /turnstile/a HT");
      assertThat(idle.send(GET).response().status()).isEqualTo(200);
      stream.send("GET /api/events HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n");
      assertThat(stream.response(false).status()).isEqualTo(200);
      running.door.stopAccepting(Duration.ofMinutes(10));
      assertThat(idle.isClosed()).isTrue();
      assertThat(silent.isClosed()).isTrue();
      assertThat(half.isClosed()).isTrue();
      String last = stream.line();
      while (!last.equals("0")) {
        last = stream.line();
      }
      assertThat(stream.line()).isEmpty();
      assertThat(stream.isClosed()).isTrue();
      assertThatThrownBy(() -> new Wiretap(running.port())).isInstanceOf(ConnectException.class);
    }
  }

  @Test
  @Timeout(240)
  void closesHalfSentRequestsWhenItCloses(@TempDir Path folder) throws IOException {
    try (var running = RunningDoor.open(folder);
        var half = new Wiretap(running.port())) {
      half.send("POST /turnstile/a/coin HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{");
      try (var other = new Wiretap(running.port())) {
        assertThat(other.send(GET).response().status()).isEqualTo(200);
      }
      running.door.stopAccepting(Duration.ofMinutes(10));
      running.door.close();
      assertThat(half.isClosed()).isTrue();
    }
  }

  @Test
  @Timeout(240)
  void tellsThatTheEngineStops(@TempDir Path folder) throws IOException {
    try (var running = RunningDoor.open(folder);
        var client = new Wiretap(running.port())) {
      running.engine.close();
      Wiretap.Response health = client.send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n").response();
      assertThat(health.status()).isEqualTo(503);
      assertThat(health.body()).contains("\"code\":\"UNAVAILABLE\"");
      Wiretap.Response read = client.send(GET).response();
      assertThat(read.status()).isEqualTo(503);
      assertThat(read.header("Retry-After")).isEqualTo("1");
    }
  }

  @Test
  void sharesOnePortAmongSeveralLoops(@TempDir Path folder) throws IOException {
    try (var running = RunningDoor.open(folder, options -> options.eventLoops(3))) {
      for (int i = 0; i < 9; i++) {
        try (var client = new Wiretap(running.port())) {
          assertThat(client.send(GET).response().status()).isEqualTo(200);
        }
      }
    }
  }
}
