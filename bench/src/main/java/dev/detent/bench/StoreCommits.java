// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

import dev.detent.Key;
import dev.detent.Offset;
import dev.detent.store.Batch;
import dev.detent.store.EventRow;
import dev.detent.store.Fence;
import dev.detent.store.InstanceRow;
import dev.detent.store.InstanceWrite;
import dev.detent.store.PartitionRow;
import dev.detent.store.Store;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/// Measures the engine's store without the engine: batches of one size, one after the other. What
/// lies between this and plain JDBC is what the store's tables and fences cost; what lies between
/// the engine and this is what the engine costs, and what it gains by deciding meanwhile.
final class StoreCommits implements Case, AutoCloseable {
  private static final String DEFINITION = "0123456789abcdef";

  private final String name;
  private final Store store;
  private final int transitionsPerCommit;
  private final List<Key> keys =
      Keys.all().stream().map(key -> new Key(FlipMachine.NAME, key)).toList();
  private final List<PartitionRow> partitions;
  private long moves;

  /// @param name the case's name
  /// @param store the store; the case closes it
  /// @param transitionsPerCommit how many transitions a batch has
  StoreCommits(String name, Store store, int transitionsPerCommit) {
    this.name = name;
    this.store = store;
    this.transitionsPerCommit = transitionsPerCommit;
    this.partitions =
        new ArrayList<>(
            store.acquire("bench", IntStream.range(0, store.partitions()).boxed().toList()));
  }

  /// Returns the store.
  Store store() {
    return store;
  }

  /// Writes more, unless there are so many transitions already.
  void writeUpTo(long count) {
    while (moves < count) {
      store.commit(batch());
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Run run(Duration length) {
    var latencies = new Samples();
    long before = moves;
    long start = System.nanoTime();
    long now = start;
    while (now - start < length.toNanos()) {
      long began = now;
      store.commit(batch());
      now = System.nanoTime();
      latencies.add(now - began);
    }
    return Run.of(moves - before, now - start, latencies);
  }

  private Batch batch() {
    var instances = new ArrayList<InstanceWrite>();
    var events = new ArrayList<EventRow>();
    int[] counts = new int[partitions.size()];
    long at = store.now();
    for (int i = 0; i < transitionsPerCommit; i++) {
      Key key = keys.get((int) (moves % Keys.COUNT));
      long version = moves++ / Keys.COUNT + 1;
      int partition = key.partition(partitions.size());
      String from = version % 2 == 1 ? "a" : "b";
      String to = version % 2 == 1 ? "b" : "a";
      var offset =
          new Offset(partition, partitions.get(partition).lastOffset() + ++counts[partition]);
      events.add(
          new EventRow(
              offset,
              key,
              version,
              FlipMachine.COMMAND,
              from,
              to,
              "null",
              at,
              "command",
              false,
              null));
      instances.add(
          new InstanceWrite(
              new InstanceRow(key, partition, to, "{}", version, DEFINITION, at, at, at, 0, null),
              version - 1));
    }
    return new Batch(
        UUID.randomUUID().toString(),
        fences(counts),
        instances,
        events,
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of());
  }

  /// Makes the fences, and remembers what they will leave.
  private List<Fence> fences(int[] counts) {
    var fences = new ArrayList<Fence>();
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] > 0) {
        PartitionRow row = partitions.get(i);
        fences.add(new Fence(i, row.epoch(), row.seq(), row.lastOffset(), counts[i]));
        partitions.set(
            i,
            new PartitionRow(
                i, row.owner(), row.epoch(), row.seq() + 1, row.lastOffset() + counts[i]));
      }
    }
    return fences;
  }

  @Override
  public void close() {
    store.close();
  }
}
