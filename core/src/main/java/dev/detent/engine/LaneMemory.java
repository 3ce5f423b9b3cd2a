// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.Key;
import dev.detent.store.StoreException;
import java.util.Set;

/// Holds what a lane remembers.
///
/// @param partitions the places of its partitions
/// @param cache instances
/// @param tokens idempotency keys under way
/// @param alarms the next timers
/// @param agenda open invocations
/// @param waiters who waits for their ends
/// @param doubts of which machines nothing should be remembered
record LaneMemory(
    Partitions partitions,
    InstanceCache cache,
    Tokens tokens,
    Alarms alarms,
    Agenda agenda,
    Waiters waiters,
    Doubts doubts) {
  /// Takes note that a commit found out what somebody else had written.
  void fenced(StoreException failure, long now) {
    Key changed = failure.changed();
    if (changed != null) {
      doubts.add(changed.machine(), now);
    }
  }

  /// Takes note that callers have moved instances of some partitions.
  void moved(Set<Integer> jumped) {
    if (!jumped.isEmpty()) {
      cache.forget(key -> jumped.contains(partitions.of(key)));
      alarms.lookAgain();
    }
  }
}
