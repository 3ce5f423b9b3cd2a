// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.engine.Engine;
import dev.detent.sql.SqlStore;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HealthRouteTest {
  @Test
  void turnsUnhealthyWithTheStoreAndSaysThatNothingHappened(@TempDir Path folder)
      throws IOException {
    SqlStore store = SqlStore.sqlite(folder.resolve("test.db")).open();
    HttpOptions options = HttpOptions.builder().port(0).build();
    try (Engine engine =
            Engine.builder(store)
                .machine(RunningDoor.machine("turnstile", RunningDoor.TURNSTILE))
                .start();
        HttpDoor door = HttpDoor.open(engine, options, machine -> "<svg/>")) {
      assertThat(answer(door, "GET /health").status()).isEqualTo(200);
      store.close();
      Wiretap.Response refused = answer(door, "POST /turnstile/a/coin");
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.header("retry-after")).isNotEmpty();
      assertThat(refused.body()).contains("\"code\":\"UNAVAILABLE\"");
      assertThat(answer(door, "GET /health").status()).isEqualTo(503);
    }
  }

  private static Wiretap.Response answer(HttpDoor door, String line) throws IOException {
    try (var client = new Wiretap(door.port())) {
      return client.send(line + " HTTP/1.1\r\nHost: x\r\n\r\n").response();
    }
  }
}
