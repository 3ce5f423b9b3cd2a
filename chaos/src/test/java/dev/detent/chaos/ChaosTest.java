// SPDX-License-Identifier: Apache-2.0
package dev.detent.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Runs a short trial on PostgreSQL; `scripts/chaos` runs a long one.
class ChaosTest {
  @TempDir Path folder;

  @Test
  void keepsItsPromisesThroughKillsAndDatabaseCrashes() throws Exception {
    long seed = Long.getLong("detent.seed", System.nanoTime());
    var settings =
        new Settings(
            1,
            6,
            seed,
            1,
            Duration.ofSeconds(12),
            List.of(),
            List.of(),
            Duration.ofMillis(2_500),
            folder);
    System.out.println("seed " + seed);
    List<String> findings =
        new Trial(settings, System.out::println).postgres(Chaos.workloads(folder));
    assertThat(findings).as("seed %s", seed).isEmpty();
  }
}
