// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.store.EventRow;
import dev.detent.store.InvocationRow;
import dev.detent.store.PartitionRow;
import dev.detent.store.StepRow;
import dev.detent.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Reads what a lane starts from.
final class Look {
  private static final int PAGE = 1_000;

  private final Store store;

  Look(Store store) {
    this.store = store;
  }

  /// Reads what the store has of some partitions.
  ///
  /// @param rows the partition rows
  /// @param known the partitions that are wanted, with the last offset that is known of each
  /// @param work the partitions whose open invocations are wanted too
  LaneEffects.Ground ground(List<PartitionRow> rows, Map<Integer, Long> known, Set<Integer> work) {
    var open = new ArrayList<InvocationRow>();
    var pending = new ArrayList<StepRow>();
    for (int partition : work) {
      open(partition, open);
      pending(partition, pending);
    }
    return new LaneEffects.Ground(rows, last(rows, known), open, pending, work);
  }

  /// Reads the last event of a partition, if it is not known.
  ///
  /// @param known the last offset that is known
  List<EventRow> last(PartitionRow row, long known) {
    return last(List.of(row), Map.of(row.partition(), known));
  }

  private List<EventRow> last(List<PartitionRow> rows, Map<Integer, Long> known) {
    return rows.stream()
        .filter(row -> row.lastOffset() > known.getOrDefault(row.partition(), Long.MAX_VALUE))
        .flatMap(row -> store.events(row.partition(), row.lastOffset() - 1, 1).stream())
        .toList();
  }

  private void open(int partition, List<InvocationRow> into) {
    InvocationRow after = null;
    List<InvocationRow> page;
    do {
      page = store.open(partition, after, PAGE);
      into.addAll(page);
      after = page.isEmpty() ? null : page.getLast();
    } while (page.size() == PAGE);
  }

  private void pending(int partition, List<StepRow> into) {
    StepRow after = null;
    List<StepRow> page;
    do {
      page = store.pending(partition, after, PAGE);
      into.addAll(page);
      after = page.isEmpty() ? null : page.getLast();
    } while (page.size() == PAGE);
  }
}
