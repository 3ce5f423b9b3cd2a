// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.Key;
import dev.detent.engine.Operation.Attempt;
import dev.detent.machine.Machine;
import dev.detent.store.PartitionRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Runs the lanes of one process in a simulated run.
final class SimulatedNode {
  private final Simulation simulation;
  private final List<SimulatedLane> lanes = new ArrayList<>();
  private Map<String, Machine> machines;
  private boolean defining;
  private int reached;
  private int changes;

  SimulatedNode(Simulation simulation, int count) {
    this.simulation = simulation;
    this.machines = SimulatedMachines.edition(simulation.edition);
    for (int i = 0; i < count; i++) {
      lanes.add(new SimulatedLane(simulation, this, simulation.nextLife()));
    }
  }

  void start() {
    List<PartitionRow> rows = simulation.store.acquire();
    for (int i = 0; i < lanes.size(); i++) {
      int lane = i;
      lanes
          .get(i)
          .start(rows.stream().filter(row -> row.partition() % lanes.size() == lane).toList());
    }
  }

  @Nullable Machine machine(String name) {
    return machines.get(name);
  }

  boolean alive() {
    return lanes.getFirst().alive();
  }

  void submit(Attempt attempt) {
    Key key = attempt.operation.key();
    SimulatedLane lane = lanes.get(key.partition(ModelStore.PARTITIONS) % lanes.size());
    lane.submit(attempt, Clients.asked(attempt.operation));
  }

  void crash() {
    simulation.schedule.trace(() -> "node crashes");
    lanes.forEach(SimulatedLane::crash);
  }

  void end() {
    simulation.schedule.trace(() -> "node ends");
    lanes.forEach(SimulatedLane::end);
  }

  void checkIdle() {
    lanes.forEach(SimulatedLane::checkIdle);
  }

  /// Changes the definition of the JSON machine, as the engine does it: all lanes stop first.
  void define(int edition) {
    if (defining || !alive()) {
      return;
    }
    defining = true;
    reached = 0;
    simulation.schedule.trace(() -> "node wants definition " + edition);
    for (SimulatedLane lane : lanes) {
      lane.deliver(2, (to, _) -> to.park(() -> reached(edition)));
    }
    int patience = 3 + simulation.schedule.random.nextInt(300);
    int change = ++changes;
    simulation.schedule.after(
        patience,
        () -> {
          if (change == changes) {
            resume();
          }
        });
  }

  private void reached(int edition) {
    reached++;
    if (defining && reached == lanes.size()) {
      simulation.schedule.soon(
          4,
          () -> {
            if (defining && alive() && !simulation.faults.strikes(0.1)) {
              simulation.store.define();
              simulation.edition = edition;
              machines = SimulatedMachines.edition(edition);
            }
            resume();
          });
    }
  }

  private void resume() {
    if (defining) {
      defining = false;
      lanes.forEach(lane -> lane.deliver(2, (to, now) -> to.resume(now)));
    }
  }
}
