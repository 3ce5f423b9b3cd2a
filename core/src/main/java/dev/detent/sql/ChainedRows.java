// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.Key;
import dev.detent.store.Batch;
import dev.detent.store.EventRow;
import dev.detent.store.InstanceWrite;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Writes instances by their names. Where an instance's event before is not in the batch, its place
/// is still in the stored instance when the event is written: so events come first.
final class ChainedRows implements MoveRows {
  private final List<Change<?>> changes;

  ChainedRows(Batch batch, Mappings mappings) {
    Map<Key, @Nullable Long> last = new HashMap<>(2 * batch.instances().size());
    for (InstanceWrite write : batch.instances()) {
      last.put(write.row().key(), write.expected() == 0 ? Long.valueOf(0) : null);
    }
    var events = new ArrayList<Shapes.Chained>(batch.events().size());
    for (EventRow event : batch.events()) {
      events.add(new Shapes.Chained(event, last.put(event.key(), event.offset().offset())));
    }
    var inserts = new ArrayList<Shapes.Placed>();
    var updates = new ArrayList<Shapes.Placed>();
    for (InstanceWrite write : batch.instances()) {
      var placed = new Shapes.Placed(mappings.beside(write), last.get(write.row().key()));
      (write.expected() == 0 ? inserts : updates).add(placed);
    }
    this.changes =
        List.of(
            new Change<>("event-insert", Shapes.EVENT, events, true),
            new Change<>("instance-insert", Shapes.INSTANCE_INSERT, inserts, true),
            new Change<>("instance-update", Shapes.INSTANCE_UPDATE, updates, true));
  }

  @Override
  public List<Change<?>> changes() {
    return changes;
  }

  @Override
  public void prepare(Session session) {
    // The database looks up what it needs while it writes.
  }

  @Override
  public void committed() {
    // Others write too: nothing is remembered.
  }
}
