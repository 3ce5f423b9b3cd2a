// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import dev.detent.Key;
import dev.detent.Offset;
import dev.detent.store.Batch;
import dev.detent.store.EventRow;
import dev.detent.store.Fence;
import dev.detent.store.InstanceRow;
import dev.detent.store.InstanceWrite;
import dev.detent.store.InvocationRow;
import dev.detent.store.PartitionRow;
import dev.detent.store.Seen;
import dev.detent.store.StepDrop;
import dev.detent.store.StepRow;
import dev.detent.store.Store;
import dev.detent.store.TimerDrop;
import dev.detent.store.TimerRow;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Makes batches that fit what a store holds now, as its owner would.
///
/// **Threads**: one at a time.
final class BatchBuilder {
  /// The place of an event that has none yet.
  static final Offset NOWHERE = new Offset(0, 0);

  private final String id = UUID.randomUUID().toString();
  private final List<PartitionRow> partitions;
  private final TreeMap<Integer, Integer> events = new TreeMap<>();
  private final List<InstanceWrite> instances = new ArrayList<>();
  private final List<EventRow> eventRows = new ArrayList<>();
  private final List<TimerRow> timers = new ArrayList<>();
  private final List<TimerDrop> dropped = new ArrayList<>();
  private final List<InvocationRow> invocations = new ArrayList<>();
  private final List<StepRow> steps = new ArrayList<>();
  private final List<StepDrop> cleared = new ArrayList<>();

  private BatchBuilder(List<PartitionRow> partitions) {
    this.partitions = partitions;
  }

  /// Begins a batch over what the store holds now.
  static BatchBuilder on(Store store) {
    return new BatchBuilder(store.partitionRows());
  }

  /// Begins a batch over what somebody remembers.
  static BatchBuilder on(List<PartitionRow> partitions) {
    return new BatchBuilder(partitions);
  }

  /// Adds the event that brings an instance from one version to the next, in a state of the same
  /// name as its data says.
  BatchBuilder move(Key key, long expected, String state) {
    return move(key, expected, state, "{\"in\":\"" + state + "\"}");
  }

  BatchBuilder move(Key key, long expected, String state, String data) {
    String from = expected == 0 ? null : "before";
    event(
        new EventRow(
            NOWHERE, key, expected + 1, "go", from, state, data, 7, "command", false, null));
    return instance(key, expected, expected + 1, state, data);
  }

  /// Adds the event that brings a mapped instance from what was seen of it to another state, at
  /// 1,000 times its version.
  BatchBuilder mapped(Key key, long expected, Seen seen, String state, String data) {
    long at = 1_000 * (expected + 1);
    event(
        new EventRow(
            NOWHERE,
            key,
            expected + 1,
            "go",
            seen.state(),
            state,
            data,
            at,
            "command",
            false,
            null));
    int partition = partition(key);
    touch(partition);
    var row =
        new InstanceRow(key, partition, state, data, expected + 1, "hash", at, at, at, 0, null);
    instances.add(new InstanceWrite(row, expected, seen));
    return this;
  }

  /// Adds an event about which the caller says something.
  BatchBuilder noted(Key key, long expected, String metadata) {
    event(
        new EventRow(
            NOWHERE, key, expected + 1, "go", "before", "up", "1", 7, "command", false, metadata));
    return instance(key, expected, expected + 1, "up", "{}");
  }

  /// Adds several events of one instance, named by their versions.
  BatchBuilder moves(Key key, long expected, int count) {
    long last = expected + count;
    for (long version = expected + 1; version <= last; version++) {
      event(
          new EventRow(
              NOWHERE, key, version, "go", "a", "s" + version, "1", 7, "send", false, null));
    }
    return instance(key, expected, last, "s" + last, "{}");
  }

  /// Adds an event with everything missing that may be.
  BatchBuilder timeout(Key key, long expected) {
    event(
        new EventRow(NOWHERE, key, expected + 1, null, null, "up", "null", 7, "after", true, null));
    return instance(key, expected, expected + 1, "up", "{}");
  }

  /// Adds an event whose place is the next of its partition, whatever place it says itself.
  private void event(EventRow row) {
    int partition = partition(row.key());
    int count = events.merge(partition, 1, Integer::sum);
    eventRows.add(
        new EventRow(
            new Offset(partition, partitions.get(partition).lastOffset() + count),
            row.key(),
            row.version(),
            row.command(),
            row.from(),
            row.to(),
            row.input(),
            row.at(),
            row.cause(),
            row.forced(),
            row.metadata()));
  }

  BatchBuilder timer(Key key, long version, String name, long dueAt) {
    touch(partition(key));
    timers.add(new TimerRow(key, partition(key), version, name, dueAt, null));
    return this;
  }

  BatchBuilder drop(Key key, long version, @Nullable String name) {
    touch(partition(key));
    dropped.add(new TimerDrop(key, version, name));
    return this;
  }

  BatchBuilder invocation(InvocationRow row) {
    touch(row.partition());
    invocations.add(row);
    return this;
  }

  BatchBuilder step(StepRow row) {
    touch(row.partition());
    steps.add(row);
    return this;
  }

  /// Deletes an entry of a journal, or all of it.
  BatchBuilder clear(InvocationRow of, int life, @Nullable String position) {
    touch(of.partition());
    cleared.add(new StepDrop(of.id(), life, position));
    return this;
  }

  private BatchBuilder instance(Key key, long expected, long version, String state, String data) {
    int partition = partition(key);
    touch(partition);
    var row =
        new InstanceRow(key, partition, state, data, version, "hash", 1, 2, 3, 0, "invocation");
    instances.add(new InstanceWrite(row, expected));
    return this;
  }

  /// Fences a partition although nothing happens there.
  BatchBuilder touch(int partition) {
    events.merge(partition, 0, Integer::sum);
    return this;
  }

  Batch build() {
    List<Fence> fences =
        events.entrySet().stream()
            .map(e -> fence(partitions.get(e.getKey()), e.getValue()))
            .toList();
    return new Batch(
        id, fences, instances, eventRows, timers, dropped, invocations, steps, cleared);
  }

  private int partition(Key key) {
    return key.partition(partitions.size());
  }

  private static Fence fence(PartitionRow row, int events) {
    return new Fence(row.partition(), row.epoch(), row.seq(), row.lastOffset(), events);
  }
}
