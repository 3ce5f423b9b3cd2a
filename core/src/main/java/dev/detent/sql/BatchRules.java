// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.Key;
import dev.detent.store.Batch;
import dev.detent.store.EventRow;
import dev.detent.store.Fence;
import dev.detent.store.InstanceWrite;
import java.util.HashMap;
import java.util.Objects;

/// Checks that a batch does not contradict itself: what the database can't see.
final class BatchRules {
  private BatchRules() {}

  /// Checks a batch: fences in order, offsets and versions without gaps.
  ///
  /// @throws IllegalArgumentException if it contradicts itself, which is a defect of its maker
  static void require(Batch batch) {
    requireOffsets(batch);
    requireVersions(batch);
  }

  private static void requireOffsets(Batch batch) {
    var last = new HashMap<Integer, Long>();
    int before = -1;
    for (Fence fence : batch.fences()) {
      require(fence.partition() > before, "fences by ascending partition", fence);
      before = fence.partition();
      last.put(before, fence.lastOffset());
    }
    require(before >= 0, "at least one fence", batch.id());
    for (EventRow event : batch.events()) {
      long offset = event.offset().offset();
      Long previous = last.put(event.offset().partition(), offset);
      require(previous != null && offset == previous + 1, "the next offset", event.offset());
    }
    for (Fence fence : batch.fences()) {
      long end = fence.lastOffset() + fence.events();
      require(Objects.equals(last.get(fence.partition()), end), "as many events as said", fence);
    }
  }

  private static void requireVersions(Batch batch) {
    var last = new HashMap<Key, Long>(2 * batch.instances().size());
    for (InstanceWrite write : batch.instances()) {
      Long twice = last.put(write.row().key(), write.expected());
      require(twice == null, "each instance once", write.row().key());
    }
    for (EventRow event : batch.events()) {
      Long previous = last.put(event.key(), event.version());
      require(previous != null && event.version() == previous + 1, "the next version", event);
    }
    for (InstanceWrite write : batch.instances()) {
      boolean whole = Objects.equals(last.get(write.row().key()), write.row().version());
      require(whole, "all events of the instance", write.row().key());
    }
  }

  private static void require(boolean holds, String expected, Object got) {
    if (!holds) {
      throw new IllegalArgumentException("batch: expected " + expected + ", got " + got);
    }
  }
}
