// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.machine.Machine;
import dev.detent.store.Membership;
import dev.detent.store.NodeRow;
import dev.detent.store.PartitionRow;
import dev.detent.store.StoreException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Runs one process in a simulated run: its lanes, and its place among the others.
final class SimulatedNode {
  private static final long LEASE_MS = 400;
  private static final long BEAT_MS = 60;

  private final Simulation simulation;
  private final Schedule schedule;
  private final String id;
  private final List<SimulatedLane> lanes = new ArrayList<>();
  private final SimulatedRouter router;
  private final Courier courier;
  private final Shares shares;
  private final Map<Integer, Long> taken = new TreeMap<>();
  private Map<String, Machine> machines;
  private boolean alive = true;
  private long asleepUntil;
  private @Nullable Runnable parked;
  private int reached;
  private int changes;

  SimulatedNode(Simulation simulation, String id, int count) {
    this.simulation = simulation;
    this.schedule = simulation.schedule;
    this.id = id;
    this.machines = SimulatedMachines.edition(simulation.edition);
    this.router = new SimulatedRouter(simulation, this);
    this.shares = new Shares(id, LEASE_MS);
    this.courier =
        new Courier(
            (request, reply) ->
                router.route(simulation.asked(request, Submission.Asker.Origin.HANDLER, reply)),
            (work, ms) -> schedule.after(ms, () -> run(work)));
    for (int i = 0; i < count; i++) {
      lanes.add(new SimulatedLane(simulation, this, simulation.nextLife()));
    }
  }

  String id() {
    return id;
  }

  SimulatedRouter router() {
    return router;
  }

  Courier courier() {
    return courier;
  }

  SimulatedLane lane(int partition) {
    return lanes.get(partition % lanes.size());
  }

  @Nullable Machine machine(String name) {
    return machines.get(name);
  }

  /// Takes the definitions that are stored now.
  void refresh() {
    machines = SimulatedMachines.edition(simulation.edition);
  }

  boolean alive() {
    return alive;
  }

  boolean awake() {
    return alive && schedule.time() >= asleepUntil;
  }

  /// Does something as this process: never if it is dead, later if it is stopped.
  void run(Runnable work) {
    if (schedule.time() < asleepUntil) {
      schedule.after(asleepUntil - schedule.time(), () -> run(work));
    } else if (alive) {
      work.run();
    }
  }

  /// Stops the process for a while, as a signal does.
  void sleep(long ms) {
    schedule.trace(() -> this + " sleeps for " + ms);
    asleepUntil = schedule.time() + ms;
  }

  void start() {
    schedule.trace(() -> this + " starts");
    if (simulation.exclusive) {
      take(IntStream.range(0, ModelStore.PARTITIONS).boxed().toList());
    } else {
      beat();
    }
  }

  private void beat() {
    try {
      simulation.faults.read();
      Membership seen = simulation.store.heartbeat(new NodeRow(id, id, 0, 0, "{}"), LEASE_MS);
      router.learn(seen);
      tend(seen);
    } catch (StoreException e) {
      schedule.trace(() -> this + " misses a beat");
    }
    long pause = simulation.faults.calm() ? 4 * BEAT_MS : BEAT_MS;
    schedule.after(pause + schedule.random.nextInt(40), () -> run(this::beat));
  }

  private void tend(Membership seen) {
    var missing = new HashSet<Integer>();
    Map<Integer, Long> here = epochs();
    for (PartitionRow row : seen.partitions()) {
      long epoch = taken.getOrDefault(row.partition(), -1L);
      if (id.equals(row.owner()) && epoch < row.epoch()) {
        missing.add(row.partition());
      } else if (id.equals(row.owner()) && here.getOrDefault(row.partition(), -1L) == epoch) {
        router.passage(row.partition()).own();
      }
    }
    take(missing);
    lanes.forEach(lane -> lane.inbox((to, _) -> to.seen(seen.partitions())));
    Set<String> all = seen.nodes().stream().map(NodeRow::id).collect(Collectors.toSet());
    Shares.Plan plan = shares.plan(seen, all);
    take(plan.acquire());
    if (!plan.release().isEmpty()) {
      give(Set.copyOf(plan.release()));
    }
  }

  private Map<Integer, Long> epochs() {
    var epochs = new TreeMap<Integer, Long>();
    lanes.forEach(lane -> epochs.putAll(lane.epochs()));
    return epochs;
  }

  private void take(Collection<Integer> partitions) {
    List<PartitionRow> rows =
        simulation.store.acquire(id, partitions.stream().filter(simulation.locks::free).toList());
    rows.forEach(row -> taken.put(row.partition(), row.epoch()));
    for (int i = 0; i < lanes.size(); i++) {
      int lane = i;
      var mine = rows.stream().filter(row -> row.partition() % lanes.size() == lane).toList();
      if (!mine.isEmpty()) {
        schedule.trace(() -> this + " takes " + mine);
        lanes.get(i).own(mine);
      }
    }
    rows.forEach(row -> router.passage(row.partition()).taken());
  }

  /// Gives partitions up: all lanes stop first.
  private void give(Set<Integer> partitions) {
    if (parked != null) {
      return;
    }
    schedule.trace(() -> this + " gives " + partitions);
    partitions.forEach(partition -> router.passage(partition).disown());
    park(() -> {
      lanes.forEach(lane -> lane.inbox((to, _) -> to.disown(partitions)));
      resume();
      lanes.forEach(lane -> lane.inbox((_, _) -> {}));
      schedule.after(10, () -> run(() -> release(partitions, taken)));
    });
  }

  private void release(Set<Integer> partitions, Map<Integer, Long> epochs) {
    if (!partitions.stream().allMatch(simulation.locks::free)) {
      schedule.after(10, () -> run(() -> release(partitions, epochs)));
      return;
    }
    var rows =
        partitions.stream()
            .filter(epochs::containsKey)
            .map(p -> new PartitionRow(p, id, epochs.get(p), 0, 0))
            .toList();
    simulation.store.release(rows);
  }

  private void park(Runnable work) {
    parked = work;
    reached = 0;
    for (SimulatedLane lane : lanes) {
      lane.inbox((to, _) -> to.park(this::reached));
    }
    int change = ++changes;
    schedule.after(
        3 + schedule.random.nextInt(300),
        () ->
            run(() -> {
              if (change == changes) {
                resume();
              }
            }));
  }

  private void reached() {
    reached++;
    Runnable work = parked;
    int change = changes;
    if (work != null && reached == lanes.size()) {
      schedule.soon(
          4,
          () ->
              run(() -> {
                if (parked == work && change == changes) {
                  changes++;
                  work.run();
                }
              }));
    }
  }

  private void resume() {
    if (parked != null) {
      parked = null;
      lanes.forEach(lane -> lane.inbox(Lane::resume));
    }
  }

  /// Changes the definition of the JSON machine, as the engine does it: all lanes stop first.
  void define(int edition) {
    if (parked == null && awake()) {
      schedule.trace(() -> this + " wants definition " + edition);
      park(() -> {
        if (!simulation.faults.strikes(0.1) && simulation.locks.free()) {
          simulation.store.define();
          simulation.edition = edition;
          machines = SimulatedMachines.edition(edition);
        }
        resume();
      });
    }
  }

  /// Ends it as a process that is killed.
  void crash() {
    if (alive) {
      schedule.trace(() -> this + " crashes");
      alive = false;
      lanes.forEach(SimulatedLane::crash);
      router.crash();
      simulation.crashed(this);
    }
  }

  /// Ends it as a process that stops: everybody is answered, and what it owns is given up.
  void end() {
    if (alive) {
      schedule.trace(() -> this + " ends");
      Map<Integer, Long> epochs = epochs();
      lanes.forEach(SimulatedLane::end);
      alive = false;
      router.crash();
      simulation.crashed(this);
      if (!simulation.exclusive) {
        release(epochs.keySet(), epochs);
        simulation.store.forget(List.of(id));
      }
    }
  }

  void checkIdle() {
    lanes.forEach(SimulatedLane::checkIdle);
  }

  @Override
  public String toString() {
    return id;
  }
}
