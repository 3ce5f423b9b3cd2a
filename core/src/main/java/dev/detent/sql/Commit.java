// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.store.Batch;
import dev.detent.store.EventRow;
import dev.detent.store.Fence;
import dev.detent.store.StoreException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;

/// Turns a batch into changes, the fence first, and checks what they hit.
final class Commit implements Work<Boolean> {
  private final Batch batch;
  private final Binding binding;
  private final List<Change<?>> changes = new ArrayList<>();

  /// Prepares a commit.
  ///
  /// @throws IllegalArgumentException if the batch contradicts itself
  Commit(Batch batch, Binding binding) {
    this.batch = batch;
    this.binding = binding;
    requireSound(batch);
    fill();
  }

  @Override
  public Boolean run(Session session) throws SQLException {
    long[] counts = binding.apply(session, changes);
    for (int i = 0; i < counts.length; i++) {
      Change<?> change = changes.get(i);
      if (change.counted() && counts[i] != change.rows().size()) {
        throw mismatch(change, counts[i]);
      }
    }
    return true;
  }

  private void fill() {
    var inserts = batch.instances().stream().filter(w -> w.expected() == 0).toList();
    var updates = batch.instances().stream().filter(w -> w.expected() != 0).toList();
    var tokens = batch.invocations().stream().filter(i -> i.token() != null).toList();
    var moves = batch.fences().stream().map(f -> new Shapes.Move(f, batch.id())).toList();
    add(new Change<>("fence", Shapes.FENCE, moves, true));
    add(new Change<>("instance-insert", Shapes.INSTANCE_INSERT, inserts, true));
    add(new Change<>("instance-update", Shapes.INSTANCE_UPDATE, updates, true));
    add(new Change<>("event-insert", Shapes.EVENT, batch.events(), true));
    add(new Change<>("timer-insert", Shapes.TIMER, batch.timers(), false));
    add(new Change<>("timer-delete", Shapes.TIMER_DROP, batch.dropped(), false));
    add(new Change<>("invocation-clear", Shapes.INVOCATION_CLEAR, tokens, false));
    add(new Change<>("invocation-write", Shapes.INVOCATION, batch.invocations(), false));
  }

  private void add(Change<?> change) {
    if (!change.rows().isEmpty()) {
      changes.add(change);
    }
  }

  private StoreException mismatch(Change<?> change, long count) {
    return new StoreException(
        StoreException.Kind.FENCED,
        "commit %s: expected %s to fit %d rows, got %d; nothing was written; decide again"
            .formatted(batch.id(), change.statement(), change.rows().size(), count),
        null);
  }

  private static void requireSound(Batch batch) {
    var last = new HashMap<Integer, Long>();
    int before = -1;
    for (Fence fence : batch.fences()) {
      require(fence.partition() > before, "fences by ascending partition", fence);
      before = fence.partition();
      last.put(before, fence.lastOffset());
    }
    require(before >= 0, "at least one fence", batch.id());
    for (EventRow event : batch.events()) {
      Long offset = last.get(event.offset().partition());
      boolean next = offset != null && event.offset().offset() == offset + 1;
      require(next, "the next offset of a fenced partition", event.offset());
      last.put(event.offset().partition(), event.offset().offset());
    }
    for (Fence fence : batch.fences()) {
      long end = fence.lastOffset() + fence.events();
      require(Objects.equals(last.get(fence.partition()), end), "as many events as said", fence);
    }
  }

  private static void require(boolean holds, String expected, Object got) {
    if (!holds) {
      throw new IllegalArgumentException("batch: expected " + expected + ", got " + got);
    }
  }
}
