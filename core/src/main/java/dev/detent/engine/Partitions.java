// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.Key;
import dev.detent.store.Batch;
import dev.detent.store.EventRow;
import dev.detent.store.Fence;
import dev.detent.store.PartitionRow;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Remembers, for the partitions of a lane, what is committed and what is decided ahead of it.
final class Partitions {
  private final TreeMap<Integer, Place> places = new TreeMap<>();
  private final int count;
  private Map<Integer, Long> epochs = Map.of();
  private @Nullable Key lastKey;
  private int partitionOfLast;

  /// Holds one partition's place in time.
  private static final class Place {
    long epoch;
    long seq;
    long committedOffset;
    long decidedOffset;
    long lastAt;
  }

  /// Makes an account of no partitions.
  ///
  /// @param count how many partitions the store has
  Partitions(int count) {
    this.count = count;
  }

  /// Returns the partition of an instance. It is asked several times in a row for each command.
  int of(Key key) {
    if (!key.equals(lastKey)) {
      lastKey = key;
      partitionOfLast = key.partition(count);
    }
    return partitionOfLast;
  }

  /// Takes over rows as they are committed.
  void adopt(List<PartitionRow> rows) {
    for (PartitionRow row : rows) {
      Place place = places.computeIfAbsent(row.partition(), _ -> new Place());
      if (row.epoch() < place.epoch) {
        continue; // read before it was taken over
      }
      place.epoch = row.epoch();
      place.seq = row.seq();
      place.committedOffset = row.lastOffset();
      place.decidedOffset = row.lastOffset();
    }
    count();
  }

  /// Returns the partitions that this account has.
  Set<Integer> all() {
    return Set.copyOf(places.keySet());
  }

  /// Tells whether this account has a partition.
  boolean has(int partition) {
    return places.containsKey(partition);
  }

  /// Returns which partitions of this account the rows show in a later epoch.
  Set<Integer> lost(List<PartitionRow> rows) {
    var lost = new TreeSet<Integer>();
    for (PartitionRow row : rows) {
      Place place = places.get(row.partition());
      if (place != null && place.epoch < row.epoch()) {
        lost.add(row.partition());
      }
    }
    return lost;
  }

  /// Takes note of how the partitions stand: some may be lost, others have had events.
  void settle(LaneEffects.Ground ground) {
    drop(lost(ground.rows()));
    happened(ground.last());
    adopt(mine(ground.rows()));
  }

  /// Gives partitions up.
  void drop(Set<Integer> partitions) {
    places.keySet().removeAll(partitions);
    count();
  }

  /// Returns the epoch of each partition.
  Map<Integer, Long> epochs() {
    return epochs;
  }

  private void count() {
    var now = new TreeMap<Integer, Long>();
    places.forEach((partition, place) -> now.put(partition, place.epoch));
    if (!now.equals(epochs)) {
      epochs = Collections.unmodifiableMap(now);
    }
  }

  /// Returns the partitions whose rows are not just as this account has them.
  ///
  /// @param rows the rows of all; without them all partitions are returned
  Set<Integer> outdated(@Nullable List<PartitionRow> rows) {
    if (rows == null) {
      return all();
    }
    var outdated = new TreeSet<Integer>();
    for (PartitionRow row : rows) {
      if (!current(row)) {
        outdated.add(row.partition());
      }
    }
    return outdated;
  }

  /// Tells whether a partition's row is just as this account has it.
  boolean current(PartitionRow row) {
    Place place = places.get(row.partition());
    return place == null || (place.epoch == row.epoch() && place.seq == row.seq());
  }

  /// Returns the partitions to which the rows show that somebody else has written.
  Set<Integer> jumped(List<PartitionRow> rows) {
    var jumped = new TreeSet<Integer>();
    for (PartitionRow row : rows) {
      Place place = places.get(row.partition());
      if (place != null && place.epoch == row.epoch() && place.seq < row.seq()) {
        jumped.add(row.partition());
      }
    }
    return jumped;
  }

  /// Returns the rows of the partitions that this account has.
  List<PartitionRow> mine(List<PartitionRow> rows) {
    return rows.stream().filter(row -> places.containsKey(row.partition())).toList();
  }

  /// Returns the owner's epoch of a partition.
  long epoch(int partition) {
    return place(partition).epoch;
  }

  /// Takes the next offset of a partition.
  long nextOffset(int partition) {
    return ++place(partition).decidedOffset;
  }

  /// Returns a time for an event that is not before the last event of the partition.
  long timeFor(int partition, long now) {
    return Math.max(place(partition).lastAt, now);
  }

  /// Returns the committed offset of each partition.
  Map<Integer, Long> offsets() {
    var offsets = new TreeMap<Integer, Long>();
    places.forEach((partition, place) -> offsets.put(partition, place.committedOffset));
    return offsets;
  }

  /// Returns the committed offset of a partition, or 0 if this account does not have it.
  long offset(int partition) {
    Place place = places.get(partition);
    return place == null ? 0 : place.committedOffset;
  }

  /// Remembers the times of events that others recorded.
  void happened(List<EventRow> events) {
    for (EventRow event : events) {
      if (places.containsKey(event.offset().partition())) {
        happened(event.offset().partition(), event.at());
      }
    }
  }

  /// Remembers the time of the last event of a partition.
  void happened(int partition, long at) {
    place(partition).lastAt = Math.max(place(partition).lastAt, at);
  }

  /// Returns what a commit expects of a partition and how far it moves it.
  ///
  /// Nothing else of the lane may be in flight.
  Fence fence(int partition, int events) {
    Place place = place(partition);
    return new Fence(partition, place.epoch, place.seq, place.committedOffset, events);
  }

  /// Takes note that a batch is committed.
  void committed(Batch batch) {
    for (Fence fence : batch.fences()) {
      Place place = place(fence.partition());
      place.seq = fence.seq() + 1;
      place.committedOffset = fence.lastOffset() + fence.events();
    }
  }

  /// Forgets what was decided ahead.
  void rollback() {
    places.values().forEach(place -> place.decidedOffset = place.committedOffset);
  }

  private Place place(int partition) {
    Place place = places.get(partition);
    if (place == null) {
      throw new IllegalStateException("partition " + partition + " is not of this lane");
    }
    return place;
  }
}
