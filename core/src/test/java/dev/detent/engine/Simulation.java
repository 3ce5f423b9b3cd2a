// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import static dev.detent.engine.Violation.unless;

import dev.detent.ErrorCode;
import dev.detent.Key;
import dev.detent.Offset;
import dev.detent.codec.Json;
import dev.detent.codec.Value;
import dev.detent.engine.Operation.Attempt;
import dev.detent.store.EventRow;
import dev.detent.store.InstanceRow;
import dev.detent.store.TimerRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Runs lanes against a store with faults, from one seed in one thread, and checks the invariants
/// of the design after every step.
final class Simulation {
  private static final int OPERATIONS = 120;

  final Schedule schedule;
  final Faults faults;
  final ModelStore store;
  final Mutant mutant;
  final boolean exclusive;
  final double slowness;
  int edition;

  private final Truth truth;
  private final Answered checks;
  private final Clients clients;
  private final List<Operation> operations = new ArrayList<>();
  private final List<SimulatedNode> nodes = new ArrayList<>();
  private final boolean rough;
  private int lives;
  private int starting;

  private Simulation(long seed, Mutant mutant, boolean tracing) {
    this.schedule = new Schedule(seed, tracing);
    this.mutant = mutant;
    this.exclusive = schedule.random.nextBoolean();
    this.rough = schedule.chance(0.7);
    this.slowness = schedule.chance(0.5) ? 0 : 0.05;
    this.faults = new Faults(schedule);
    this.truth = new Truth(schedule);
    this.store = new ModelStore(schedule, truth, mutant, exclusive);
    this.checks = new Answered(truth, store);
    this.clients = new Clients(schedule, truth);
  }

  /// Runs one seed.
  ///
  /// @throws AssertionError naming the seed, with the end of the trace, if an invariant is broken
  static void run(long seed, Mutant mutant) {
    try {
      new Simulation(seed, mutant, false).run();
    } catch (Violation | RuntimeException plain) {
      var traced = new Simulation(seed, mutant, true);
      try {
        traced.run();
      } catch (Violation | RuntimeException e) {
        String repeat = "; repeat it with -Ddetent.seed=" + seed + "\n";
        throw new AssertionError("seed " + seed + ": " + e + repeat + traced.schedule.tail(), e);
      }
      throw new AssertionError("seed " + seed + " failed only once", plain);
    }
  }

  int nextLife() {
    return ++lives;
  }

  private void run() {
    start();
    long time = 0;
    for (int i = 0; i < OPERATIONS; i++) {
      schedule.after(time, this::operate);
      time += schedule.chance(0.6) ? 0 : schedule.random.nextInt(120);
    }
    for (int i = 0; rough && i < 6; i++) {
      schedule.after(schedule.random.nextInt((int) time + 1), this::disturb);
    }
    runUntil(schedule.time() + time + 500);
    calmDown();
    check();
  }

  private void runUntil(long until) {
    while (schedule.step(until)) {
      // Every step checks for itself.
    }
    schedule.pass(until);
  }

  private void start() {
    var node = new SimulatedNode(this, exclusive ? 1 : 1 + schedule.random.nextInt(2));
    node.start();
    nodes.addFirst(node);
  }

  private void operate() {
    if (schedule.chance(0.08) && !exclusive) {
      foreign();
      return;
    }
    Operation operation = clients.next();
    operations.add(operation);
    attempt(operation);
    if (operation.token != null && schedule.chance(0.2)) {
      attempt(operation);
    }
  }

  private void attempt(Operation operation) {
    List<SimulatedNode> alive = nodes.stream().filter(SimulatedNode::alive).toList();
    if (alive.isEmpty()) {
      schedule.after(50, () -> attempt(operation));
      return;
    }
    var attempt = new Attempt(operation, truth.life(operation.key()).known);
    operation.attempts.add(attempt);
    int which = schedule.chance(0.7) ? 0 : schedule.random.nextInt(alive.size());
    alive.get(which).submit(attempt);
  }

  void answered(Attempt attempt, Reply reply, boolean unsure, boolean ending) {
    schedule.trace(() -> "answered " + attempt.operation + ": " + reply);
    checks.answered(attempt, reply, new Answered.Weather(faults.calm(), unsure, ending, exclusive));
    Operation operation = attempt.operation;
    boolean failed =
        reply instanceof Reply.Refused refused
            && (refused.problem().code() == ErrorCode.UNAVAILABLE
                || refused.problem().code() == ErrorCode.OUTCOME_UNKNOWN);
    if (failed && operation.token != null && operation.attempts.size() < 5) {
      schedule.after(schedule.random.nextInt(300), () -> attempt(operation));
    }
  }

  private void disturb() {
    switch (schedule.random.nextInt(exclusive ? 6 : 8)) {
      case 0 -> faults.down(schedule.random.nextInt(1_500));
      case 1 -> schedule.jump(schedule.random.nextInt(5_000));
      case 2 -> schedule.jump(-schedule.random.nextInt(3_000));
      case 3 -> {
        schedule.freeze(true);
        schedule.after(schedule.random.nextInt(2_000), () -> schedule.freeze(false));
      }
      case 4 -> nodes.getFirst().define(1 - edition);
      case 5 -> crash();
      case 6 -> takeOver();
      default -> foreign();
    }
  }

  private void crash() {
    SimulatedNode crashed = nodes.getFirst();
    if (starting > 0 || !crashed.alive()) {
      return;
    }
    if (schedule.chance(0.3)) {
      crashed.end();
    } else {
      crashed.crash();
    }
    again();
    starting++;
    schedule.after(
        schedule.random.nextInt(200),
        () -> {
          starting--;
          start();
        });
  }

  /// Has clients whose node crashed ask again, if they can do so safely.
  private void again() {
    for (Operation operation : operations) {
      boolean crashed = operation.attempts.stream().anyMatch(a -> a.crashed);
      boolean settled = operation.attempts.stream().anyMatch(a -> !a.crashed);
      if (operation.token != null && crashed && !settled) {
        schedule.after(schedule.random.nextInt(600), () -> attempt(operation));
      }
    }
  }

  /// Starts another node while the owner still believes in itself.
  private void takeOver() {
    if (starting == 0 && nodes.getFirst().alive()) {
      SimulatedNode old = nodes.getFirst();
      schedule.trace(() -> "another node takes over");
      start();
      schedule.after(
          schedule.random.nextInt(1_500),
          () -> {
            if (schedule.random.nextBoolean()) {
              old.end();
            } else {
              old.crash();
            }
            again();
          });
    }
  }

  /// Moves an instance as a transaction of the application does.
  private void foreign() {
    Key key = clients.key();
    store.settle(key.partition(ModelStore.PARTITIONS));
    InstanceRow row = store.instance(key);
    Instance before =
        row == null
            ? null
            : new Instance(
                key,
                row.state(),
                Value.of(Json.trusted(row.data())),
                row.version(),
                row.definition(),
                row.createdAt(),
                row.updatedAt(),
                row.enteredAt(),
                row.timers());
    int partition = key.partition(ModelStore.PARTITIONS);
    long at = Math.max(store.lastAt(partition), schedule.clock());
    var wish = new Wish(key, clients.command(key), Clients.input(clients.number(), "go"));
    var machine = SimulatedMachines.edition(edition).get(key.machine());
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
              false);
      var timers =
          move.timeouts().stream()
              .map(t -> new TimerRow(key, partition, next.version(), t.name(), due(t, at), null))
              .toList();
      store.foreign(key, event, stored(next, partition), timers);
      truth.life(key).known = next.version();
    }
  }

  private static long due(dev.detent.machine.Timeout timeout, long at) {
    return at + timeout.after().toMillis();
  }

  private static InstanceRow stored(Instance next, int partition) {
    return new InstanceRow(
        next.key(),
        partition,
        next.state(),
        next.value().json().text(),
        next.version(),
        next.definition(),
        next.createdAt(),
        next.updatedAt(),
        next.enteredAt(),
        next.timers(),
        null);
  }

  /// Ends all faults and lets everything come to its end.
  private void calmDown() {
    schedule.trace(() -> "calm");
    schedule.freeze(false);
    runUntil(schedule.time() + 2_500);
    nodes.stream().skip(1).forEach(SimulatedNode::end);
    faults.calm(true);
    store.settleAll();
    runUntil(schedule.time() + Duration.ofSeconds(15).toMillis());
    for (Operation operation : operations) {
      boolean waits = operation.attempts.stream().anyMatch(Attempt::waits);
      unless(!waits, "an answer to everybody", operation);
    }
    schedule.jump(Duration.ofMinutes(5).toMillis());
    runUntil(schedule.time() + Duration.ofSeconds(20).toMillis());
  }

  private void check() {
    operations.forEach(checks::over);
    truth.checkTimers();
    nodes.getFirst().checkIdle();
    for (TimerRow timer : store.timers()) {
      boolean left = timer.invocation() == null && version(timer.key()) != timer.version();
      unless(!left, "no timer of a state that was left", timer);
      boolean late = timer.invocation() != null || timer.key().machine().equals("order");
      unless(late || timer.dueAt() > schedule.clock(), "a timer that fired", timer);
    }
    for (InstanceRow row : store.instances()) {
      boolean same = version(row.key()) == row.version();
      unless(same, "what is committed: " + version(row.key()), row);
      boolean moves = row.key().machine().equals("gate") && row.state().equals("unlocked");
      unless(!moves, "no gate to stay unlocked", row);
    }
  }

  private long version(Key key) {
    return truth.life(key).version();
  }
}
