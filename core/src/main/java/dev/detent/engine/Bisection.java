// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

/// Says how much a batch may hold: little for a while after the store has refused one, so that what
/// it refuses is found.
///
/// **Guarantees**: what is refused is found, whatever else is committed meanwhile: each batch that
/// is refused lets more commits pass before batches grow again.
///
/// **Threads**: the lane's.
final class Bisection {
  private static final int DOUBLINGS_MAX = 10;

  private final int most;
  private int limit;
  private int refused;
  private int wary;

  /// Makes one that has seen no refusal.
  ///
  /// @param most how much a batch may hold if all is well
  Bisection(int most) {
    this.most = most;
    this.limit = most;
  }

  /// Returns how much a batch may hold.
  int limit() {
    return limit;
  }

  /// Takes note that a batch that writes is committed.
  void committed() {
    if (wary > 0) {
      wary--;
    } else {
      limit = Math.min(most, limit * 2);
    }
  }

  /// Takes note that the store refused a batch.
  ///
  /// @param writers how many have something in it; if only one, it is found
  void rejected(int writers) {
    refused = writers == 1 ? 0 : Math.min(refused + 1, DOUBLINGS_MAX);
    wary = (1 << refused) - 1;
    limit = Math.max(1, writers / 2);
  }
}
