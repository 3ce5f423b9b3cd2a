// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.ErrorCode;
import dev.detent.server.door.Metrics;
import dev.detent.store.StoreException;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsRouteTest {
  @Test
  void countsWhatHappensByMachine(@TempDir Path folder) throws IOException {
    try (var door = RunningDoor.open(folder)) {
      status(door, "POST /turnstile/secret-key/coin");
      status(door, "POST /turnstile/secret-key/push");
      status(door, "POST /turnstile/secret-key/push");
      status(door, "GET /turnstile/secret-key");
      status(door, "POST /outsider/secret-key/coin");
      String text = scrape(door);
      assertThat(text)
          .contains("detent_transitions_total{cause=\"command\",machine=\"turnstile\"} 2.0")
          .contains("detent_refused_total{code=\"TRANSITION_NOT_ALLOWED\",machine=\"turnstile\"} 1")
          .contains("detent_answer_seconds_count{machine=\"turnstile\"} 3")
          .contains("detent_answer_seconds_bucket{machine=\"turnstile\",le=\"0.005\"}")
          .contains("detent_commit_seconds_count")
          .contains("detent_batch_commands_bucket")
          .contains("detent_queue{stage=\"waiting\"} 0.0")
          .contains("detent_http_requests_total{status=\"2xx\"} 3.0")
          .contains("detent_http_requests_total{status=\"4xx\"} 2.0")
          .doesNotContain("secret-key", "outsider");
    }
  }

  @Test
  void labelsWhatTheEngineDoesNotHaveAsUnknown() {
    var metrics = new Metrics();
    for (int i = 0; i < 100; i++) {
      metrics.refused("outsider" + i, ErrorCode.NOT_FOUND);
    }
    metrics.storeFailed(StoreException.Kind.UNKNOWN);
    metrics.fired("outsider", 12);
    assertThat(metrics.scrape())
        .contains("detent_refused_total{code=\"NOT_FOUND\",machine=\"unknown\"} 100.0")
        .contains("detent_store_errors_total{kind=\"unknown\"} 1.0")
        .contains("detent_timer_lateness_seconds_count{machine=\"unknown\"} 1")
        .doesNotContain("outsider");
  }

  private static int status(RunningDoor door, String line) throws IOException {
    try (var client = new Wiretap(door.port())) {
      return client.send(line + " HTTP/1.1\r\nHost: x\r\n\r\n").response().status();
    }
  }

  /// Follows the text to its end.
  private static String scrape(RunningDoor door) throws IOException {
    try (var client = new Wiretap(door.port())) {
      return client.send("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n").response().body();
    }
  }
}
