// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class SimulationTest {
  private static final int SEEDS = Integer.getInteger("detent.seeds", 2_000);
  private static final int MUTANT_SEEDS = 2_000;

  @Test
  void keepsTheInvariantsWhateverFails() {
    Long only = Long.getLong("detent.seed");
    if (only != null) {
      Simulation.run(only, Mutant.NONE);
      return;
    }
    long first = Long.getLong("detent.seedFirst", 0);
    for (long seed = first; seed < first + SEEDS; seed++) {
      Simulation.run(seed, Mutant.NONE);
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void noticesABrokenPromise(Mutant mutant) {
    assertThat(firstCaught(mutant)).isBetween(0L, MUTANT_SEEDS - 1L);
  }

  private static long firstCaught(Mutant mutant) {
    for (long seed = 0; seed < MUTANT_SEEDS; seed++) {
      try {
        Simulation.run(seed, mutant);
      } catch (AssertionError caught) {
        return seed;
      }
    }
    return -1;
  }
}
