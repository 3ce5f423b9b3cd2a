// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class SlowReaderTest {
  private static final int REQUESTS = 400;
  private static final int STILL = 30;
  private static final String GET = "GET /turnstile/large HTTP/1.1\r\nHost: x\r\n\r\n";
  private static final Pattern ANSWERED =
      Pattern.compile("detent_http_requests_total\\{status=\"2xx\"} ([0-9]+)");

  @Test
  @Timeout(240)
  void stopsAnsweringAClientThatDoesNotReadAndGoesOnWhenItDoes(@TempDir Path folder)
      throws IOException {
    try (var door = RunningDoor.open(folder);
        var late = new Wiretap(door.port());
        var other = new Wiretap(door.port())) {
      String large = "{\"a\":\"" + "x".repeat(500_000) + "\"}";
      String head = "POST /turnstile/large/coin HTTP/1.1\r\nHost: x\r\nContent-Length: ";
      late.send(head + large.length() + "\r\n\r\n" + large);
      assertThat(late.response().status()).isEqualTo(200);
      late.send(GET.repeat(REQUESTS));
      assertThat(answeredWhenStill(other))
          .as("200 MB would have to wait in memory")
          .isLessThan(REQUESTS / 2);
      for (int i = 0; i < REQUESTS; i++) {
        assertThat(late.response().body()).hasSizeGreaterThan(500_000);
      }
    }
  }

  /// Returns how many requests of the other client were answered, once that stands still.
  private static int answeredWhenStill(Wiretap client) throws IOException {
    int last = -1;
    int own = 0;
    for (int still = 0; still < STILL; still++) {
      client.send("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
      Matcher matcher = ANSWERED.matcher(client.response().body());
      assertThat(matcher.find()).isTrue();
      int answered = Integer.parseInt(matcher.group(1)) - own;
      own++;
      still = answered == last ? still : 0;
      last = answered;
    }
    return last;
  }
}
