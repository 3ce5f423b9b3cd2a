// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Holds partitions that were acquired for a lane until it can take them over.
///
/// What it owns already was lost and taken again: nothing that it remembers of it holds, and
/// nothing may be in flight when that is forgotten.
///
/// **Threads**: the lane's.
final class Arrivals {
  private final List<LaneEffects.Ground> waiting = new ArrayList<>();
  private final Partitions partitions;
  private final Alarms alarms;

  Arrivals(LaneMemory memory) {
    this.partitions = memory.partitions();
    this.alarms = memory.alarms();
  }

  /// Adds partitions that were acquired.
  void add(LaneEffects.Ground ground) {
    waiting.add(ground);
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /// Forgets partitions that were given up before they were taken over.
  void drop(Set<Integer> given) {
    waiting.replaceAll(ground -> ground.without(given));
  }

  /// Returns what can be taken over now, or null.
  ///
  /// @param inFlight whether something is being committed
  LaneEffects.@Nullable Ground take(boolean inFlight) {
    boolean none = waiting.isEmpty() || (inFlight && owned(waiting.getFirst()));
    return none ? null : waiting.removeFirst();
  }

  private boolean owned(LaneEffects.Ground ground) {
    return ground.rows().stream().anyMatch(row -> partitions.has(row.partition()));
  }

  /// Takes the partitions' places in time over.
  ///
  /// @return whether nothing of them was owned before; else all is to be read again
  boolean settle(LaneEffects.Ground ground) {
    boolean fresh = !owned(ground);
    partitions.adopt(ground.rows());
    partitions.happened(ground.last());
    alarms.lookAgain();
    return fresh;
  }
}
