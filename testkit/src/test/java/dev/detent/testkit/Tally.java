// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// Is a number that can be read, grows by one, and shrinks by one unless it is zero. Each answer
/// tells the number after it.
final class Tally implements Model<Integer, Tally.Asked, Integer> {
  /// Is the answer to who takes from nothing.
  static final int REFUSED = -1;

  /// Says what is asked.
  enum Asked {
    ADD,
    READ,
    TAKE
  }

  @Override
  public Integer initial() {
    return 0;
  }

  @Override
  public @Nullable Integer next(Integer state, Asked asked, @Nullable Integer result) {
    int after =
        switch (asked) {
          case ADD -> state + 1;
          case READ -> state;
          case TAKE -> state - 1;
        };
    int answer = after < 0 ? REFUSED : after;
    boolean possible = result == null || result == answer;
    return possible ? Integer.valueOf(Math.max(0, after)) : null;
  }

  /// Makes up what concurrent clients see of a number that is right.
  ///
  /// @param operations how many
  /// @param clients how many at the same time
  /// @param unknown the part of all outcomes that is not seen
  static List<Operation<Asked, Integer>> run(
      int operations, int clients, double unknown, Random random) {
    var tally = new Tally();
    var all = new ArrayList<Operation<Asked, Integer>>();
    int state = 0;
    long[] free = new long[clients];
    // Effects come one per 10 ns; each call begins some effects before its own, and returns some
    // effects after it, as far as its client is free.
    for (int i = 0; i < operations; i++) {
      long effectAt = 1_000 + 10L * i;
      int client = random.nextInt(clients);
      while (free[client] >= effectAt) {
        client = (client + 1) % clients;
      }
      long calledAt = Math.max(free[client] + 1, effectAt - random.nextInt(100));
      long returnedAt = effectAt + random.nextInt(60);
      free[client] = returnedAt;
      Asked asked = Asked.values()[random.nextInt(3)];
      boolean seen = random.nextDouble() >= unknown;
      boolean happens = seen || random.nextBoolean();
      int answer = answer(tally, state, asked);
      all.add(
          new Operation<>(
              asked, seen ? answer : null, calledAt, seen ? returnedAt : Operation.OPEN));
      if (happens && answer != REFUSED) {
        state = answer;
      }
    }
    return all;
  }

  private static int answer(Tally tally, int state, Asked asked) {
    for (int answer = REFUSED; answer <= state + 1; answer++) {
      if (tally.next(state, asked, answer) != null) {
        return answer;
      }
    }
    throw new IllegalStateException("no answer");
  }
}
