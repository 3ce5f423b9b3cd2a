// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.store.PartitionRow;
import java.util.List;

/// Remembers whether somebody else has taken a partition of a lane, or has moved something there,
/// as far as was heard: the lane has to look.
///
/// **Threads**: the lane's.
final class Suspicion {
  private final Partitions mine;
  private final Pipeline pipeline;
  private boolean taken;
  private boolean moved;

  Suspicion(Partitions mine, Pipeline pipeline) {
    this.mine = mine;
    this.pipeline = pipeline;
  }

  /// Hears how the partitions stand in the store.
  void seen(List<PartitionRow> rows) {
    taken |= !mine.lost(rows).isEmpty();
    moved |= mine.jumped(rows).stream().anyMatch(partition -> !pipeline.writesTo(partition));
  }

  /// Hears that a partition may have been taken.
  void taken() {
    taken = true;
  }

  /// Hears whether something was moved.
  void moved(boolean so) {
    moved |= so;
  }

  /// Tells whether a partition may have been taken: nothing ought to be decided before a look.
  boolean isTaken() {
    return taken;
  }

  /// Tells whether something may have been moved.
  boolean isMoved() {
    return moved;
  }

  /// Tells whether there is no need to look.
  boolean isNone() {
    return !taken && !moved;
  }

  /// Takes note that what was moved is looked at.
  void looking() {
    moved = false;
  }

  /// Takes note that all is looked at.
  void lookingAtAll() {
    moved = false;
    taken = false;
  }
}
