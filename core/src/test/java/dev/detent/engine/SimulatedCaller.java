// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.Key;
import dev.detent.Offset;
import dev.detent.codec.Json;
import dev.detent.codec.Value;
import dev.detent.store.EventRow;
import dev.detent.store.InstanceRow;
import dev.detent.store.TimerRow;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// Runs one transaction of an application: it locks partitions, holds them for a while, and moves
/// instances or rolls back.
final class SimulatedCaller {
  private static final int PATIENCE_MS = 1_500;

  private final Simulation simulation;
  private final Schedule schedule;
  private final ModelStore store;
  private final Truth truth;
  private final Clients clients;
  private final List<Key> keys = new ArrayList<>();
  private final List<Integer> partitions;
  private final long until;
  private int locked;

  SimulatedCaller(Simulation simulation, Truth truth, Clients clients) {
    this.simulation = simulation;
    this.schedule = simulation.schedule;
    this.store = simulation.store;
    this.truth = truth;
    this.clients = clients;
    this.until = schedule.time() + PATIENCE_MS;
    var wanted = new TreeSet<Integer>();
    for (int i = 0; i < (schedule.chance(0.3) ? 2 : 1); i++) {
      Key key = clients.key();
      // An application must not move an instance on which a handler runs.
      if (!key.machine().equals("job") && !keys.contains(key)) {
        keys.add(key);
        wanted.add(key.partition(ModelStore.PARTITIONS));
      }
    }
    this.partitions = List.copyOf(wanted);
  }

  /// Runs it. In a file, whose lock is one for all, nobody sees it wait.
  void run() {
    simulation.alone = false;
    while (locked < partitions.size() && take(partitions.get(locked))) {
      locked++;
    }
    if (locked == partitions.size()) {
      boolean holds = !simulation.exclusive && schedule.chance(0.6);
      int most = schedule.chance(0.1) ? 2_000 : 150;
      if (holds) {
        schedule.after(schedule.random.nextInt(most), this::end);
      } else {
        end();
      }
    } else if (schedule.time() < until) {
      schedule.after(1 + schedule.random.nextInt(5), this::run);
    } else {
      simulation.locks.release(this);
    }
  }

  private boolean take(int partition) {
    store.settle(partition);
    return simulation.locks.take(partition, this);
  }

  private void end() {
    if (schedule.chance(0.7)) {
      keys.forEach(this::move);
    }
    simulation.locks.release(this);
  }

  private void move(Key key) {
    InstanceRow row = store.instance(key);
    Instance before = row == null ? null : instance(row);
    int partition = key.partition(ModelStore.PARTITIONS);
    long at = Math.max(store.lastAt(partition), schedule.clock());
    var wish = new Wish(key, clients.command(key), Clients.input(clients.number(), "go"));
    var machine = SimulatedMachines.edition(simulation.edition).get(key.machine());
    if (Kernel.command(machine, before, wish, at) instanceof Decision.Move move) {
      var offset = new Offset(partition, store.lastOffset(partition) + 1);
      Instance next = move.next();
      var event =
          new EventRow(
              offset,
              key,
              next.version(),
              wish.name(),
              move.from(),
              next.state(),
              wish.input().text(),
              at,
              "command",
              false,
              null);
      var timers =
          move.timeouts().stream()
              .map(t -> new TimerRow(key, partition, next.version(), t.name(), due(t, at), null))
              .toList();
      store.foreign(key, event, Moves.stored(next, partition), timers);
      truth.life(key).known = next.version();
    }
  }

  private static Instance instance(InstanceRow row) {
    return new Instance(
        row.key(),
        row.state(),
        Value.of(Json.trusted(row.data())),
        row.version(),
        row.definition(),
        row.createdAt(),
        row.updatedAt(),
        row.enteredAt(),
        row.timers());
  }

  private static long due(dev.detent.machine.Timeout timeout, long at) {
    return at + timeout.after().toMillis();
  }
}
