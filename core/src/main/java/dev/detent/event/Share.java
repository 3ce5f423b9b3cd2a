// SPDX-License-Identifier: Apache-2.0
package dev.detent.event;

import dev.detent.store.Consuming;
import dev.detent.store.CursorRow;
import dev.detent.store.WorkerRow;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Decides which cursors of a consumer a worker takes and gives up, so that each living worker has
/// about the same number.
///
/// Every worker decides for itself from the same rows: those that have too many give up first, and
/// who has too few takes what is free.
///
/// @param take which partitions to take
/// @param give how many of its own to give up
record Share(List<Integer> take, int give) {
  /// Decides.
  ///
  /// @param worker the worker that decides
  /// @param consumer the consumer's name
  /// @param seen what the store says
  /// @param open the consumer's cursors that somebody should move
  /// @param held the partitions that this worker reads
  static Share of(
      String worker,
      String consumer,
      Consuming seen,
      List<CursorRow> open,
      Collection<Integer> held) {
    List<String> alive = alive(worker, consumer, seen);
    int rank = alive.indexOf(worker);
    int count = alive.size();
    int target = open.size() / count + (rank < open.size() % count ? 1 : 0);
    long have = open.stream().filter(row -> held.contains(row.partition())).count();
    if (have > target) {
      return new Share(List.of(), (int) (have - target));
    }
    Set<String> living = Set.copyOf(alive);
    var free = new ArrayList<Integer>();
    for (CursorRow row : open) {
      boolean orphan = row.owner() == null || !living.contains(row.owner());
      if (!held.contains(row.partition()) && (orphan || worker.equals(row.owner()))) {
        free.add(row.partition());
      }
    }
    return new Share(some(free, rank * free.size() / count, (int) (target - have)), 0);
  }

  private static List<String> alive(String worker, String consumer, Consuming seen) {
    Set<String> alive =
        seen.workers().stream()
            .filter(row -> row.expiresAt() > seen.now() && row.consumers().contains(consumer))
            .map(WorkerRow::id)
            .collect(Collectors.toSet());
    alive.add(worker);
    return alive.stream().sorted().toList();
  }

  /// Begins elsewhere for each worker, so that they seldom want the same.
  private static List<Integer> some(List<Integer> free, int from, int count) {
    var some = new ArrayList<Integer>();
    for (int i = 0; i < Math.min(count, free.size()); i++) {
      some.add(free.get((from + i) % free.size()));
    }
    return some;
  }
}
