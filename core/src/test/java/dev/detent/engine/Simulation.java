// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import static dev.detent.engine.Violation.unless;

import dev.detent.ErrorCode;
import dev.detent.Key;
import dev.detent.engine.Operation.Attempt;
import dev.detent.engine.SimulatedRouter.Mood;
import dev.detent.store.InstanceRow;
import dev.detent.store.TimerRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Runs lanes against a store with faults, from one seed in one thread, and checks the invariants
/// of the design after every step.
final class Simulation {
  private static final int OPERATIONS = 120;
  private static final int ROUNDS_MAX = 40;

  final Schedule schedule;
  final Faults faults;
  final ModelStore store;
  final Ledger ledger;
  final Scripts scripts;
  final Steering steering;
  final Mutant mutant;
  final boolean exclusive;
  final double slowness;
  final long keepMs;
  final ModelLocks locks = new ModelLocks();
  boolean alone;
  int edition;

  private final Truth truth;
  private final Answered checks;
  private final Clients clients;
  private final List<Operation> operations = new ArrayList<>();
  private final Map<Submission.Asker, Attempt> askers = new IdentityHashMap<>();
  private final List<SimulatedNode> nodes = new ArrayList<>();
  private final boolean rough;
  private final int crew;
  private final boolean callers;
  private Mood mood = new Mood(false, false);
  private long calmSince = Long.MAX_VALUE;
  private int lives;
  private int starting;

  private Simulation(long seed, Mutant mutant, boolean tracing) {
    this.schedule = new Schedule(seed, tracing);
    this.mutant = mutant;
    this.exclusive = schedule.random.nextBoolean();
    this.alone = exclusive;
    this.callers = schedule.chance(exclusive ? 0.3 : 0.8);
    this.rough = schedule.chance(0.7);
    this.slowness = schedule.chance(0.5) ? 0 : 0.05;
    this.keepMs = schedule.chance(0.3) ? schedule.random.nextInt(300) : Long.MAX_VALUE / 4;
    this.crew = exclusive ? 1 : 1 + schedule.random.nextInt(3);
    this.faults = new Faults(schedule);
    this.truth = new Truth(schedule);
    this.store = new ModelStore(schedule, truth, mutant, exclusive);
    this.ledger = store.ledger();
    this.clients = new Clients(schedule, truth, keepMs > 1_000);
    this.scripts = clients.scripts();
    this.checks = new Answered(truth, store, scripts);
    this.steering = new Steering(this);
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

  /// Returns under what circumstances an answer is being given.
  Mood mood() {
    return mood;
  }

  void mood(boolean unsure, boolean ending) {
    mood = new Mood(unsure, ending);
  }

  /// Tells whether all faults are over, and what they had done too.
  boolean calm() {
    return schedule.time() - 3_000 > calmSince;
  }

  @Nullable SimulatedNode node(String id) {
    return nodes.stream().filter(node -> node.id().equals(id)).findFirst().orElse(null);
  }

  /// Returns a node that answers, or null.
  @Nullable SimulatedNode someNode() {
    List<SimulatedNode> alive = nodes.stream().filter(SimulatedNode::alive).toList();
    return alive.isEmpty() ? null : alive.get(schedule.random.nextInt(alive.size()));
  }

  /// Makes a submission of a request.
  Submission.Asked asked(Request request, Submission.Asker.Origin origin, Consumer<Reply> reply) {
    var asker = new Submission.Asker("", 100, schedule.time(), origin, reply);
    return switch (Asking.of(request, origin, reply)) {
      case Submission.AskedInstance of ->
          new Submission.AskedInstance(of.request(), of.token(), of.fingerprint(), asker);
      case Submission.AskedInvocation of ->
          new Submission.AskedInvocation(of.request(), of.partition(), asker);
    };
  }

  /// Takes note that a lane has come to see a request.
  void arrived(Submission.Asked asked, int life, long turn) {
    Attempt attempt = askers.get(asked.asker());
    if (attempt != null && attempt.turn == 0) {
      attempt.life = life;
      attempt.turn = turn;
    }
  }

  private void run() {
    for (int i = 0; i < crew; i++) {
      start();
    }
    long time = schedule.random.nextInt(100);
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
    String id = "n" + (lives + 1);
    var node = new SimulatedNode(this, id, exclusive ? 1 : 1 + schedule.random.nextInt(2));
    nodes.addFirst(node);
    node.start();
  }

  private void operate() {
    store.purge(schedule.clock());
    double kind = schedule.random.nextDouble();
    if (kind < 0.12 && callers) {
      new SimulatedCaller(this, truth, clients).run();
    } else if (kind < 0.25) {
      steering.steer();
    } else if (kind < 0.29) {
      new Meddler(schedule, store).meddle(clients.bill());
    } else {
      Operation operation = clients.next();
      operations.add(operation);
      attempt(operation);
      if (operation.token != null && schedule.chance(0.2)) {
        attempt(operation);
      }
    }
  }

  private void attempt(Operation operation) {
    SimulatedNode node = someNode();
    if (node == null) {
      schedule.after(50, () -> attempt(operation));
      return;
    }
    var attempt = begun(operation);
    operation.attempts.add(attempt);
    attempt.node = node;
    Submission.Asked asked =
        asked(operation.request, Submission.Asker.Origin.CLIENT, reply -> answered(attempt, reply));
    askers.put(asked.asker(), attempt);
    node.run(() -> node.router().route(asked));
  }

  private Attempt begun(Operation operation) {
    Truth.Life life = truth.life(operation.key());
    return new Attempt(operation, life.known, life.shapes.size() - 1);
  }

  private void answered(Attempt attempt, Reply reply) {
    schedule.trace(() -> "answered " + attempt.operation + ": " + reply);
    boolean inOrder = exclusive && !callers; // or readers look at the fence, and may start again
    var weather = new Answered.Weather(calm(), mood.unsure(), mood.ending(), inOrder);
    checks.answered(attempt, reply, weather);
    Operation operation = attempt.operation;
    boolean failed =
        reply instanceof Reply.Refused refused
            && (refused.problem().code() == ErrorCode.UNAVAILABLE
                || refused.problem().code() == ErrorCode.OUTCOME_UNKNOWN);
    if (failed && operation.token != null && operation.attempts.size() < 5) {
      schedule.after(schedule.random.nextInt(300), () -> attempt(operation));
    }
  }

  /// Checks the answer to somebody who waits for an invocation.
  void ended(Reply reply) {
    checks.ended(reply);
  }

  private void disturb() {
    SimulatedNode node = nodes.getFirst();
    switch (schedule.random.nextInt(exclusive ? 6 : 9)) {
      case 0 -> faults.down(schedule.random.nextInt(1_500));
      case 1 -> schedule.jump(schedule.random.nextInt(5_000));
      case 2 -> schedule.jump(-schedule.random.nextInt(3_000));
      case 3 -> {
        schedule.freeze(true);
        schedule.after(schedule.random.nextInt(2_000), () -> schedule.freeze(false));
      }
      case 4 -> node.define(1 - edition);
      case 5 -> crash();
      case 6 -> join();
      case 7 -> node.sleep(schedule.random.nextInt(1_500));
      default -> new SimulatedCaller(this, truth, clients).run();
    }
  }

  private void crash() {
    SimulatedNode node = someNode();
    if (starting > 0 || node == null) {
      return;
    }
    if (schedule.chance(0.3)) {
      node.end();
    } else {
      node.crash();
    }
    starting++;
    schedule.after(
        schedule.random.nextInt(200),
        () -> {
          starting--;
          start();
        });
  }

  /// Starts another node, and perhaps ends one of the others some time later.
  private void join() {
    if (starting > 0) {
      return;
    }
    SimulatedNode old = nodes.getFirst();
    start();
    if (schedule.chance(0.7)) {
      schedule.after(schedule.random.nextInt(1_500), () -> leave(old));
    }
  }

  private void leave(SimulatedNode node) {
    if (schedule.random.nextBoolean()) {
      node.end();
    } else {
      node.crash();
    }
  }

  /// Takes note that a node is gone: those who asked it ask again, if they can do so safely.
  void crashed(SimulatedNode node) {
    steering.crashed(node);
    for (Operation operation : operations) {
      operation.attempts.stream()
          .filter(attempt -> attempt.node == node && attempt.waits())
          .forEach(attempt -> attempt.crashed = true);
      boolean crashed = operation.attempts.stream().anyMatch(a -> a.crashed);
      boolean settled = operation.attempts.stream().anyMatch(a -> !a.crashed);
      if (operation.token != null && crashed && !settled) {
        schedule.after(schedule.random.nextInt(600), () -> attempt(operation));
      }
    }
  }

  /// Ends all faults and lets everything come to its end.
  private void calmDown() {
    schedule.trace(() -> "calm");
    schedule.freeze(false);
    runUntil(schedule.time() + 2_500);
    nodes.stream().skip(exclusive ? 1 : 2).forEach(SimulatedNode::end);
    faults.calm(true);
    store.settleAll();
    if (nodes.stream().noneMatch(SimulatedNode::alive)) {
      start();
    }
    calmSince = schedule.time();
    runUntil(schedule.time() + 6_000);
    var caretaker = new Caretaker(this);
    for (int i = 0; i < ROUNDS_MAX && caretaker.care(); i++) {
      store.purge(schedule.clock());
      runUntil(schedule.time() + 2_000);
    }
    runUntil(schedule.time() + 8_000);
    for (Operation operation : operations) {
      boolean waits = operation.attempts.stream().anyMatch(Attempt::waits);
      unless(!waits, "an answer to everybody", operation);
    }
    unless(steering.unanswered().isEmpty(), "an answer to all", steering.unanswered());
    schedule.jump(Duration.ofMinutes(5).toMillis());
    for (int i = 0; i < 10; i++) {
      caretaker.care();
      runUntil(schedule.time() + 2_000);
    }
  }

  private void check() {
    operations.forEach(checks::over);
    truth.checkTimers();
    ledger.over(scripts);
    nodes.stream().filter(SimulatedNode::alive).forEach(SimulatedNode::checkIdle);
    for (TimerRow timer : store.timers()) {
      boolean left = timer.invocation() == null && version(timer.key()) != timer.version();
      unless(!left, "no timer of a state that was left", timer);
      boolean late = timer.invocation() != null || timer.key().machine().equals("order");
      unless(late || timer.dueAt() > schedule.clock(), "a timer that fired", timer);
    }
    for (InstanceRow row : store.instances()) {
      boolean same = version(row.key()) == row.version();
      unless(same, "what is committed: " + version(row.key()), row);
      unless(truth.shows(row), "what was written last", row);
      boolean moves = row.key().machine().equals("gate") && row.state().equals("unlocked");
      unless(!moves, "no gate to stay unlocked", row);
    }
  }

  private long version(Key key) {
    return truth.life(key).version();
  }
}
