// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.store.Claim;
import dev.detent.store.Store;
import dev.detent.store.StoreException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Waits for partitions that somebody else has locked.
final class Claiming {
  private Claiming() {}

  /// Waits for a partition. Blocks.
  ///
  /// @param known its last offset that the lane knows
  /// @param pauseMs lets so much time pass before
  static Claimed wait(Store store, int partition, long known, long pauseMs) {
    LockSupport.parkNanos(pauseMs * 1_000_000);
    Claim claim = null;
    try {
      claim = store.claim(partition);
      return new Claimed(
          partition,
          claim == null
              ? null
              : new Aside.Granted(claim, new Look(store).last(claim.row(), known)));
    } catch (StoreException e) {
      if (claim != null) {
        claim.close();
      }
      return new Claimed(partition, null);
    }
  }

  /// Brings a partition to the lane that waits for it.
  ///
  /// @param got what holds it, or null if it could not be had
  record Claimed(int partition, Aside.@Nullable Granted got) implements LaneRunner.Step {
    @Override
    public void run(Lane lane, long now) {
      lane.granted(partition, got);
    }

    /// Gives it back: the lane has ended.
    void close() {
      if (got != null) {
        got.claim().close();
      }
    }
  }
}
