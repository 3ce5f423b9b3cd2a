// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import static dev.detent.engine.Violation.unless;

import dev.detent.Key;
import dev.detent.journal.Assignment;
import dev.detent.journal.Ending;
import dev.detent.journal.Entry;
import dev.detent.store.InvocationRow;
import dev.detent.store.StepRow;
import dev.detent.store.StepRow.Kind;
import dev.detent.store.StepRow.Status;
import dev.detent.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// Runs the attempts of one simulated lane.
final class SimulatedAttempts implements SimulatedAttempt.Host {
  private final Simulation simulation;
  private final Schedule schedule;
  private final SimulatedLane lane;
  private final TreeMap<Long, SimulatedAttempt> live = new TreeMap<>();
  private final double crowded;

  SimulatedAttempts(Simulation simulation, SimulatedLane lane) {
    this.simulation = simulation;
    this.schedule = simulation.schedule;
    this.lane = lane;
    this.crowded = schedule.chance(0.5) ? 0 : schedule.random.nextDouble();
  }

  void start(Assignment assignment, boolean fresh, long epoch) {
    InvocationRow row = assignment.row();
    schedule.trace(() -> lane + " starts " + row.id() + " of " + row.key() + " fresh " + fresh);
    simulation.ledger.begins(assignment, epoch);
    Key key = row.key();
    for (SimulatedAttempt other : live.values()) {
      unless(!other.assignment().row().key().equals(key), "one at a time on " + key, other.id());
    }
    Script script = simulation.scripts.of(row);
    var attempt = new SimulatedAttempt(assignment, script, this, simulation.ledger, epoch);
    live.put(assignment.attempt(), attempt);
    attempt.start(fresh);
    if (simulation.mutant == Mutant.STARTS_TWICE && schedule.chance(0.1)) {
      new SimulatedAttempt(assignment, script, this, simulation.ledger, epoch).start(fresh);
    }
  }

  void completed(long number, StepRow step) {
    SimulatedAttempt attempt = live.get(number);
    boolean lost = simulation.mutant == Mutant.NEWS_LOST && schedule.chance(0.1);
    if (attempt != null && !lost) {
      attempt.completed(step);
    }
  }

  void cancel(long number) {
    SimulatedAttempt attempt = live.get(number);
    if (attempt != null && simulation.mutant != Mutant.CANCELS_LOST) {
      attempt.cancel();
    }
  }

  void stop(long number) {
    if (simulation.mutant != Mutant.STOPS_IGNORED) {
      live.remove(number);
    }
  }

  /// Ends all with the process.
  void crash() {
    live.clear();
  }

  int size() {
    return live.size();
  }

  private boolean lives(SimulatedAttempt who) {
    long number = who.assignment().attempt();
    boolean second = simulation.mutant == Mutant.STARTS_TWICE && live.containsKey(number);
    return lane.alive() && (second || live.get(number) == who);
  }

  @Override
  public void later(int most, SimulatedAttempt who, Runnable work) {
    lane.later(
        most,
        () -> {
          if (lives(who)) {
            work.run();
          }
        });
  }

  @Override
  public void append(SimulatedAttempt who, Entry entry) {
    InvocationRow row = who.assignment().row();
    boolean awaited = entry.kind() != Kind.AWAKEABLE || entry.status() != Status.PENDING;
    lane.post(
        new Submission.Append(
            row.partition(),
            row.id(),
            who.assignment().attempt(),
            entry,
            step -> later(2, who, () -> who.recorded(step, awaited))));
  }

  @Override
  public void ended(SimulatedAttempt who, Ending ending) {
    InvocationRow row = who.assignment().row();
    if (lives(who)) {
      long number = who.assignment().attempt();
      live.remove(number);
      schedule.trace(() -> lane + " attempt of " + row.id() + " ends: " + ending);
      boolean moves = simulation.mutant == Mutant.FAILURES_MOVE && ending instanceof Ending.Failed;
      Ending said = moves ? who.moved(Truth.request(row.input())) : ending;
      lane.post(new Submission.Ended(row.key(), row.id(), number, said));
    }
  }

  @Override
  public void load(SimulatedAttempt who) {
    later(
        lane.slow(),
        who,
        () -> {
          try {
            simulation.faults.read();
            int life = who.assignment().row().run().life();
            var rows = new ArrayList<StepRow>(simulation.store.steps(who.id()));
            Attempts.requireRunning(simulation.store.kept(who.id()), life);
            rows.removeIf(row -> row.life() != life || forgotten(row));
            later(lane.slow(), who, () -> who.loaded(rows));
          } catch (StoreException e) {
            later(2, who, who::failed);
          }
        });
  }

  private boolean forgotten(StepRow row) {
    boolean done = row.status() == Status.COMPLETED && row.kind() == Kind.STEP;
    return done && simulation.mutant == Mutant.JOURNAL_FORGOTTEN && schedule.chance(0.1);
  }

  @Override
  public void transact(SimulatedAttempt who, String position, String name) {
    InvocationRow row = who.assignment().row();
    lane.inbox((_, _) -> lane.agenda().journaled(row.id()));
    later(
        lane.slow(),
        who,
        () -> {
          try {
            simulation.faults.commit();
            StepRow step = step(row, position, name);
            StepRow recorded =
                simulation.store.transact(row, who.epoch(), step, simulation.ledger::transacted);
            boolean cut = simulation.faults.cut();
            later(lane.slow(), who, cut ? who::failed : () -> who.transacted(recorded));
          } catch (StoreException e) {
            later(2, who, who::failed);
          }
        });
  }

  private StepRow step(InvocationRow row, String position, String name) {
    String value = "\"" + name + " " + position + " " + schedule.time() + "\"";
    int life = row.run().life();
    return new StepRow(
        row.id(),
        life,
        position,
        row.partition(),
        Kind.TRANSACT,
        name,
        Status.COMPLETED,
        null,
        value,
        null,
        schedule.clock(),
        null);
  }

  @Override
  public boolean crowded() {
    return schedule.chance(crowded);
  }

  /// Returns what runs.
  List<SimulatedAttempt> live() {
    return List.copyOf(live.values());
  }
}
