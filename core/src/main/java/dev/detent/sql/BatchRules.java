// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.Key;
import dev.detent.store.Batch;
import dev.detent.store.EventRow;
import dev.detent.store.Fence;
import dev.detent.store.InstanceWrite;
import dev.detent.store.InvocationRow;
import dev.detent.store.StepDrop;
import dev.detent.store.StepRow;
import dev.detent.store.TimerRow;
import dev.detent.store.Token;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;

/// Checks that a batch does not contradict itself: what the database can't see.
final class BatchRules {
  private BatchRules() {}

  /// Checks a batch: fences in order and around everything, offsets and versions without gaps,
  /// nothing twice.
  ///
  /// @throws IllegalArgumentException if it contradicts itself, which is a defect of its maker
  static void require(Batch batch) {
    requireOffsets(batch);
    requireVersions(batch);
    requireFences(batch);
    requireOnce(batch);
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
    Map<Key, Versions> versions = HashMap.newHashMap(batch.instances().size());
    for (InstanceWrite write : batch.instances()) {
      Versions twice = versions.put(write.row().key(), new Versions(write));
      require(twice == null, "each instance once", write.row().key());
    }
    for (EventRow event : batch.events()) {
      Versions before = versions.get(event.key());
      boolean next = before != null && event.version() == ++before.last;
      require(next, "the next version", event);
    }
    for (Versions each : versions.values()) {
      boolean whole = each.last == each.write.row().version();
      require(whole, "all events of the instance", each.write.row().key());
    }
  }

  /// Counts the versions of an instance through a batch.
  private static final class Versions {
    private final InstanceWrite write;
    private long last;

    Versions(InstanceWrite write) {
      this.write = write;
      this.last = write.expected();
    }
  }

  private static void requireFences(Batch batch) {
    var fenced = new HashSet<Integer>();
    batch.fences().forEach(fence -> fenced.add(fence.partition()));
    for (InstanceWrite write : batch.instances()) {
      require(fenced.contains(write.row().partition()), "a fence around", write.row().key());
    }
    for (TimerRow timer : batch.timers()) {
      require(fenced.contains(timer.partition()), "a fence around", timer.key());
    }
    for (InvocationRow invocation : batch.invocations()) {
      require(fenced.contains(invocation.partition()), "a fence around", invocation.id());
    }
    for (StepRow step : batch.steps()) {
      require(fenced.contains(step.partition()), "a fence around", step.invocation());
    }
  }

  private static void requireOnce(Batch batch) {
    var ids = new HashSet<String>();
    var tokens = new HashSet<Token>();
    for (InvocationRow row : batch.invocations()) {
      require(ids.add(row.id()), "each invocation once", row.id());
      String token = row.token();
      require(
          token == null || tokens.add(new Token(row.key(), token)), "each token once", row.id());
    }
    var entries = new HashSet<StepDrop>();
    for (StepRow row : batch.steps()) {
      var entry = new StepDrop(row.invocation(), row.life(), row.position());
      require(entries.add(entry), "each entry of a journal once", entry);
    }
  }

  private static void require(boolean holds, String expected, Object got) {
    if (!holds) {
      throw new IllegalArgumentException("batch: expected " + expected + ", got " + got);
    }
  }
}
