// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.store.StepDrop;
import dev.detent.store.StepRow;
import dev.detent.store.StepRow.Kind;
import dev.detent.store.StepRow.Status;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Keeps in memory the entries of journals that a [dev.detent.store.Store] promises to keep.
final class ModelJournals {
  private static final Comparator<StepDrop> ORDER =
      Comparator.comparing(StepDrop::invocation)
          .thenComparingInt(StepDrop::life)
          .thenComparing(entry -> String.valueOf(entry.position()));

  private final NavigableMap<StepDrop, StepRow> entries = new TreeMap<>(ORDER);

  void write(StepRow row) {
    entries.put(identity(row), row);
  }

  @Nullable StepRow entry(String invocation, int life, String position) {
    return entries.get(new StepDrop(invocation, life, position));
  }

  void clear(StepDrop drop) {
    if (drop.position() != null) {
      entries.remove(drop);
    } else {
      entries
          .values()
          .removeIf(row ->
              row.invocation().equals(drop.invocation())
                  && (row.kind() != Kind.SEND || row.status() != Status.PENDING));
    }
  }

  Collection<StepRow> all() {
    return entries.values();
  }

  List<StepRow> of(String invocation) {
    return new ArrayList<>(
        entries.values().stream().filter(row -> row.invocation().equals(invocation)).toList());
  }

  List<StepRow> pending(int partition, @Nullable StepRow after, int limit) {
    var rest = after == null ? entries : entries.tailMap(identity(after), false);
    return rest.values().stream()
        .filter(row -> row.partition() == partition && row.status() == Status.PENDING)
        .limit(limit)
        .toList();
  }

  private static StepDrop identity(StepRow row) {
    return new StepDrop(row.invocation(), row.life(), row.position());
  }
}
