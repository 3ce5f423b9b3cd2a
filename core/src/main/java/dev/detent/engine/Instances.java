// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.Key;
import dev.detent.machine.Machine;
import dev.detent.store.InstanceRow;
import dev.detent.store.InvocationRow;
import dev.detent.store.Store;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Lists and counts committed instances of a machine. Its methods block.
///
/// **Threads**: safe for any number of threads.
public final class Instances {
  private static final int SLICE = 200;

  private final Store store;
  private final Function<String, @Nullable Machine> machines;

  Instances(Store store, Function<String, @Nullable Machine> machines) {
    this.store = store;
    this.machines = machines;
  }

  /// Returns an instance and what runs on it as the store has them, without asking the partition's
  /// owner: for when that one is out of reach. What was committed a moment ago may be missing.
  ///
  /// @throws dev.detent.RefusedException NOT_FOUND if there is no such machine or instance
  public Reply.Found read(Key key) {
    Machine machine = machines.apply(key.machine());
    if (machine == null) {
      throw Refusals.noMachine(key.machine()).exception();
    }
    List<InstanceRow> rows = store.instances(List.of(key));
    Instance stored = rows.isEmpty() ? null : Instance.of(rows.getFirst());
    return switch (Kernel.read(machine, stored, key)) {
      case Decision.Refuse refuse -> throw refuse.problem().exception();
      case Decision.Show show -> new Reply.Found(show.seen(), running(key));
      case Decision other -> throw new IllegalStateException("no answer to a read: " + other);
    };
  }

  private @Nullable Running running(Key key) {
    int partition = key.partition(store.partitions());
    InvocationRow first = null;
    int length = 0;
    List<InvocationRow> rows = store.open(partition, before(key, partition), SLICE);
    while (!rows.isEmpty() && rows.getFirst().key().equals(key)) {
      first = first == null ? rows.getFirst() : first;
      length += (int) rows.stream().filter(row -> row.key().equals(key)).count();
      boolean more = rows.size() == SLICE && rows.getLast().key().equals(key);
      rows = more ? store.open(partition, rows.getLast(), SLICE) : List.of();
    }
    return first == null || first.status() == InvocationRow.Status.QUEUED
        ? null
        : new Running(first, length - 1);
  }

  /// Returns what comes right before all invocations of an instance.
  private static InvocationRow before(Key key, int partition) {
    return new InvocationRow(
        "",
        key,
        partition,
        "",
        "",
        null,
        null,
        null,
        InvocationRow.Status.QUEUED,
        "",
        -1,
        0,
        0,
        null,
        InvocationRow.Run.NONE,
        null);
  }

  /// Returns instances in order of their keys.
  ///
  /// @param machine the machine's name
  /// @param state only those in this state, or null for all
  /// @param after only keys above this one, or null for all
  /// @param limit at most so many, 1 to 1,000
  public List<InstanceRow> list(
      String machine, @Nullable String state, @Nullable String after, int limit) {
    return store.list(machine, state, after, limit);
  }

  /// Returns how many instances are in each state; states without any are left out.
  public Map<String, Long> counts(String machine) {
    return store.counts(machine);
  }
}
