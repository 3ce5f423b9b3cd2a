// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Lets nodes come, die, stop and dawdle in random order, and shows that they come to equal shares
/// soon after, with few moves, and then keep still.
final class SharesSimulationTest {
  private static final int SEEDS = 1_000;

  /// Within a lease the dead are noticed; what falls to nodes then takes some looks.
  private static final int ROUNDS_MAX = 3 + 8;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void comesToEqualSharesWhateverHappened(boolean lagging) {
    for (long seed = 0; seed < SEEDS; seed++) {
      var random = new Random(seed);
      var town = new Town(1 + random.nextInt(70), random, lagging);
      int events = 1 + random.nextInt(30);
      for (int i = 0; i < events; i++) {
        town.happen();
        int rounds = random.nextInt(4);
        for (int round = 0; round < rounds; round++) {
          town.round();
        }
      }
      town.atLeastOne();

      settle(town, seed);
      keepsStill(town, seed);
    }
  }

  private static void keepsStill(Town town, long seed) {
    long moves = town.moves();
    for (int round = 0; round < 50; round++) {
      town.round();
    }
    assertThat(town.moves()).as("moves when settled, seed " + seed).isEqualTo(moves);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void movesOnlyWhatAJoiningNodeNeeds(boolean lagging) {
    for (long seed = 0; seed < SEEDS; seed++) {
      var random = new Random(seed);
      var town = new Town(1 + random.nextInt(70), random, lagging);
      int nodes = 1 + random.nextInt(8);
      for (int i = 0; i < nodes; i++) {
        town.join();
      }
      settle(town, seed);
      long released = town.released();
      String joined = town.join();
      settle(town, seed);

      int needed = town.partitions() / (nodes + 1);
      assertThat(town.owned(joined)).isBetween(needed, needed + 1);
      assertThat(town.released() - released)
          .as("released for the new node, seed " + seed)
          .isBetween((long) town.owned(joined), needed + slack(nodes, lagging));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void movesOnlyWhatADeadNodeOwned(boolean lagging) {
    for (long seed = 0; seed < SEEDS; seed++) {
      var random = new Random(seed);
      var town = new Town(1 + random.nextInt(70), random, lagging);
      int nodes = 2 + random.nextInt(7);
      for (int i = 0; i < nodes; i++) {
        town.join();
      }
      settle(town, seed);
      long moves = town.moves();
      int lost = town.die();
      settle(town, seed);

      assertThat(town.moves() - moves)
          .as("moves, seed " + seed)
          .isBetween((long) lost, lost + slack(nodes, lagging));
    }
  }

  /// Returns how many moves more there may be: none, or one for each node that acts on what it saw
  /// too long ago.
  private static long slack(int nodes, boolean lagging) {
    return lagging ? nodes : 0;
  }

  private static void settle(Town town, long seed) {
    for (int round = 0; round < ROUNDS_MAX; round++) {
      town.round();
    }
    assertThat(town.isSettled()).as("settled, seed " + seed + ": " + town).isTrue();
  }
}
