// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.store.Batch;
import dev.detent.store.Fence;
import dev.detent.store.StoreException;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Keeps who has locked which partition's row in a simulated run.
final class ModelLocks {
  private final Map<Integer, Object> holders = new HashMap<>();

  /// Locks a partition, unless somebody else has.
  ///
  /// @return whether it is locked now
  boolean take(int partition, Object who) {
    return holders.putIfAbsent(partition, who) == null || holders.get(partition) == who;
  }

  /// Lets go of all that somebody has locked.
  void release(Object who) {
    holders.values().removeIf(holder -> holder == who);
  }

  boolean free(int partition) {
    return !holders.containsKey(partition);
  }

  boolean free() {
    return holders.isEmpty();
  }

  /// Refuses a commit to partitions that somebody else has locked.
  ///
  /// @param who what holds one of them for the commit, or null
  void require(Batch batch, @Nullable Object who) {
    var held = new TreeSet<Integer>();
    for (Fence fence : batch.fences()) {
      Object holder = holders.get(fence.partition());
      if (holder != null && holder != who) {
        held.add(fence.partition());
      }
    }
    if (!held.isEmpty()) {
      throw StoreException.locked(held, "simulated lock of " + held);
    }
  }
}
