// SPDX-License-Identifier: Apache-2.0
package dev.detent.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Runs a short trial of three servers on one PostgreSQL; `scripts/chaos` runs a long one.
class ChaosTest {
  private static final int NODES = 3;
  private static final int CLIENTS = 6;
  private static final Duration LEASE = Duration.ofSeconds(2);

  @TempDir Path folder;

  @Test
  void keepsItsPromisesThroughKillsAndDatabaseCrashes() throws Exception {
    long seed = Long.getLong("detent.seed", System.nanoTime());
    var settings =
        new Settings(
            NODES,
            CLIENTS,
            seed,
            1,
            Duration.ofSeconds(12),
            List.of(),
            List.of("--lease-duration", LEASE.toSeconds() + "s"),
            LEASE.plusMillis(500),
            folder);
    System.out.println("seed " + seed);
    var trial = new Trial(settings, System.out::println);
    assertThat(trial.postgres(Chaos.workloads(folder))).as("seed %s", seed).isEmpty();
  }
}
