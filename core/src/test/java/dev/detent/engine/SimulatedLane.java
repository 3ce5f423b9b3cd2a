// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import static dev.detent.engine.Violation.unless;

import dev.detent.Key;
import dev.detent.Problem;
import dev.detent.journal.Assignment;
import dev.detent.store.Batch;
import dev.detent.store.Claim;
import dev.detent.store.EventRow;
import dev.detent.store.InvocationRow;
import dev.detent.store.PartitionRow;
import dev.detent.store.StepRow;
import dev.detent.store.StoreException;
import dev.detent.store.StoreException.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Runs one lane in a simulated run: delays, reorders and fails what it wants done.
final class SimulatedLane implements LaneEffects {
  static final int CACHED_MAX = 6;
  private static final int ROUNDS_MAX = 50;
  private static final int CLAIM_MS_MAX = 100;
  private static final LaneLimits LIMITS = new LaneLimits(5, 4_000, 3, 400, 10, 200);
  private static final InvocationLimits INVOCATIONS = new InvocationLimits(4, 40, 5, 4, 20, 200);

  private final Simulation simulation;
  private final Schedule schedule;
  private final Lane lane;
  private final LaneMemory memory;
  private final SimulatedNode node;
  private final SimulatedAttempts attempts;
  private final int life;
  private final List<Claim> claims = new ArrayList<>();
  private final ArrayDeque<Runnable> committer = new ArrayDeque<>();
  private final ArrayDeque<LaneRunner.Step> inbox = new ArrayDeque<>();
  private final Set<Submission.Asker> waiting = Collections.newSetFromMap(new IdentityHashMap<>());
  private boolean committing;
  private boolean alive = true;
  private boolean unsure;
  private boolean ending;
  private long wakes;
  private long turns;

  SimulatedLane(Simulation simulation, SimulatedNode node, int life) {
    this.simulation = simulation;
    this.schedule = simulation.schedule;
    this.node = node;
    this.life = life;
    this.memory =
        new LaneMemory(
            new Partitions(ModelStore.PARTITIONS),
            new InstanceCache(CACHED_MAX, 8_000, this::doubtful),
            new Tokens(),
            new Alarms(4, 2_000),
            new Agenda(),
            new Waiters(),
            new Doubts());
    var setting = new LaneSetting(() -> simulation.alone, number -> life + "/" + number);
    var rules = new Invoking.Setting(node::machine, simulation.keepMs, INVOCATIONS);
    this.lane = new Lane(memory, LIMITS, this, setting, rules);
    this.attempts = new SimulatedAttempts(simulation, this);
  }

  private boolean doubtful(Key key) {
    return ModelInstances.mapped(key) && simulation.mutant != Mutant.ROWS_BELIEVED;
  }

  /// Takes partitions over that were acquired.
  void own(List<PartitionRow> rows) {
    var nothing = new HashMap<Integer, Long>();
    rows.forEach(row -> nothing.put(row.partition(), 0L));
    Ground ground = ground(rows, nothing, nothing.keySet());
    inbox((to, now) -> to.own(ground, now));
  }

  /// Returns the open invocations that it remembers.
  Agenda agenda() {
    return memory.agenda();
  }

  /// Returns the partitions that it owns, with their epochs.
  Map<Integer, Long> epochs() {
    return memory.partitions().epochs();
  }

  /// Does something a little later, unless the process crashes.
  void later(int most, Runnable work) {
    schedule.soon(
        most,
        () ->
            node.run(() -> {
              if (alive) {
                work.run();
              }
            }));
  }

  /// Does something to the lane a little later.
  void deliver(int most, LaneRunner.Step step) {
    later(most, () -> take(step));
  }

  private void take(LaneRunner.Step step) {
    step.run(lane, schedule.clock());
    if (schedule.chance(0.8)) {
      tick();
    } else {
      schedule.after(1, () -> node.run(this::tick));
    }
  }

  /// Does something to the lane, after what was to be done before.
  void inbox(LaneRunner.Step step) {
    inbox.addLast(step);
    later(
        2,
        () -> {
          LaneRunner.Step next = inbox.pollFirst();
          if (next != null) {
            take(next);
          }
        });
  }

  void post(Submission submission) {
    inbox((to, now) -> to.submit(submission, now));
  }

  void submit(Submission.Asked asked) {
    waiting.add(asked.asker());
    inbox((to, now) -> {
      simulation.arrived(asked, life, ++turns);
      schedule.trace(() -> this + " takes " + asked.request());
      to.submit(asked, now);
    });
  }

  boolean alive() {
    return alive;
  }

  /// Ends it as a process that stops: everybody is answered.
  void end() {
    if (alive) {
      ending = true;
      lane.end();
      crash();
    }
  }

  /// Ends it as a process that is killed.
  void crash() {
    alive = false;
    attempts.crash();
    claims.forEach(Claim::close);
    committer.clear();
    inbox.clear();
  }

  private void tick() {
    if (!alive) {
      return;
    }
    long now = schedule.clock();
    int rounds = 0;
    do {
      lane.tick(now);
      unless(++rounds < ROUNDS_MAX, "a lane that rests after " + now, lane.wakeAt());
    } while (lane.wakeAt() <= now);
    long wakeAt = lane.wakeAt();
    unless(lane.uncommitted() <= 2_000, "few uncommitted", lane.uncommitted());
    int timers = memory.alarms().size();
    unless(timers <= 4 + 3 + 2 * Scripts.JOBS, "few timers in memory", timers);
    long wake = ++wakes;
    long pause = wakeAt == Long.MAX_VALUE ? 60_000 : Math.min(60_000, wakeAt - now);
    schedule.after(
        Math.max(1, pause),
        () ->
            node.run(() -> {
              if (wake == wakes) {
                tick();
              }
            }));
  }

  /// Checks that nothing is left over when nobody wants anything.
  void checkIdle() {
    unless(lane.undecided() == 0, "an empty backlog", lane.undecided());
    unless(lane.uncommitted() == 0, "nothing uncommitted", lane.uncommitted());
    unless(memory.cache().size() <= CACHED_MAX, "few instances", memory.cache().size());
    unless(memory.cache().bytes() <= 8_000, "few bytes", memory.cache().bytes());
    unless(memory.tokens().size() == 0, "no tokens", memory.tokens().size());
    unless(memory.alarms().firing() == 0, "no firing timers", memory.alarms().firing());
    unless(lane.health().ok(), "a healthy lane", lane.health());
    unless(memory.agenda().size() == 0, "no open invocations", memory.agenda().size());
    unless(memory.agenda().lines().isEmpty(), "no lines", memory.agenda().lines());
    unless(memory.waiters().size() == 0, "nobody to wait", memory.waiters().size());
    unless(attempts.size() == 0, "no attempts", attempts.size());
    unless(waiting.isEmpty(), "no requests", waiting.size());
  }

  @Override
  public void load(Loading loading) {
    schedule.soon(
        slow(),
        () -> {
          try {
            simulation.faults.read();
            ModelStore store = simulation.store;
            boolean forgets = simulation.mutant == Mutant.DELIVERIES_FORGOTTEN;
            var loaded =
                new Loaded(
                    store.instances(loading.keys()),
                    store.invocations(loading.tokens()),
                    loading.invocations().stream()
                        .map(store::kept)
                        .filter(Objects::nonNull)
                        .filter(row -> row.parent() == null || !forgets)
                        .toList());
            deliver(slow(), (to, now) -> to.loads().loaded(loading, loaded));
          } catch (StoreException e) {
            deliver(slow(), (to, now) -> to.loads().loadFailed(loading, e, now));
          }
        });
  }

  @Override
  public void loadTimers(Upcoming upcoming) {
    schedule.soon(
        slow(),
        () -> {
          try {
            simulation.faults.read();
            var rows =
                simulation.store.timers(
                    upcoming.partitions(), upcoming.dueAtMax(), upcoming.limit());
            schedule.trace(() -> this + " reads timers, " + rows);
            deliver(slow(), (to, _) -> to.loads().timersLoaded(upcoming, rows));
          } catch (StoreException e) {
            deliver(slow(), (to, now) -> to.loads().timersFailed(upcoming, e, now));
          }
        });
  }

  @Override
  public void commit(Job job) {
    enqueue(() -> {
      @Nullable List<PartitionRow> rows;
      try {
        rows = job.verify() ? looked() : null;
      } catch (StoreException e) {
        finish((to, now) -> to.commitFailed(job, e, now));
        return;
      }
      if (simulation.mutant == Mutant.REPLY_BEFORE_COMMIT) {
        lane.committed(job, rows, schedule.clock());
      }
      schedule.soon(slow(), () -> write(job, rows));
    });
  }

  private List<PartitionRow> looked() {
    simulation.faults.read();
    List<PartitionRow> rows = simulation.store.rows();
    return simulation.mutant == Mutant.BLIND_READS ? expected(rows) : rows;
  }

  private List<PartitionRow> expected(List<PartitionRow> rows) {
    return rows.stream().filter(row -> memory.partitions().current(row)).toList();
  }

  private void write(Job job, @Nullable List<PartitionRow> rows) {
    Batch batch = job.batch();
    try {
      if (batch != null) {
        simulation.faults.commit();
        Claim claim = job.claim();
        if (claim == null) {
          simulation.locks.require(batch, null);
        } else {
          claim.commit(batch);
        }
        if (simulation.faults.cut()) {
          cut(batch);
        }
        simulation.store.commit(batch);
      }
      finish((to, now) -> to.committed(job, rows, now));
    } catch (StoreException e) {
      schedule.trace(() -> this + " batch " + job.number() + " " + e.kind());
      finish((to, now) -> to.commitFailed(job, e, now));
    }
  }

  private void cut(Batch batch) {
    switch (schedule.random.nextInt(3)) {
      case 0 -> simulation.store.commit(batch);
      case 1 -> simulation.store.commitLater(batch);
      default -> {}
    }
    throw Faults.failure(Kind.UNKNOWN);
  }

  @Override
  public void resolve(Job job) {
    enqueue(() -> {
      try {
        simulation.faults.resolve();
        Batch batch = job.batch();
        Boolean answer = batch == null ? Boolean.FALSE : simulation.store.isCommitted(batch);
        boolean lost = simulation.faults.strikes(0.05);
        finish((to, now) -> {
          unsure = lost || answer == null;
          to.resolved(job, lost ? null : answer, now);
          unsure = false;
        });
      } catch (StoreException e) {
        finish((to, now) -> {
          unsure = true;
          to.resolveFailed(job, e, now);
          unsure = false;
        });
      }
    });
  }

  @Override
  public void claim(int partition, long known, long pauseMs) {
    long until = schedule.time() + pauseMs + CLAIM_MS_MAX;
    schedule.after(pauseMs, () -> claim(partition, known, pauseMs, until));
  }

  private void claim(int partition, long known, long pauseMs, long until) {
    if (!alive) {
      return;
    }
    if (simulation.locks.free(partition)) {
      var claim = SimulatedClaim.take(simulation, partition);
      claims.add(claim);
      List<EventRow> last = simulation.store.last(Map.of(partition, known));
      inbox((to, _) -> to.granted(partition, new Aside.Granted(claim, last)));
    } else if (schedule.time() < until) {
      schedule.after(3, () -> claim(partition, known, pauseMs, until));
    } else {
      inbox((to, _) -> to.granted(partition, null));
    }
  }

  @Override
  public void release(Claim claim) {
    schedule.soon(slow(), claim::close);
  }

  @Override
  public void refresh(Map<Integer, Long> known, Set<Integer> work) {
    enqueue(() -> {
      try {
        simulation.faults.read();
        node.refresh();
        Ground ground = ground(simulation.store.rows(), known, work);
        finish((to, now) -> to.refreshed(ground, now));
      } catch (StoreException e) {
        finish((to, now) -> to.refreshFailed(e, now));
      }
    });
  }

  private Ground ground(List<PartitionRow> rows, Map<Integer, Long> known, Set<Integer> work) {
    ModelStore store = simulation.store;
    var open = new ArrayList<InvocationRow>();
    var pending = new ArrayList<StepRow>();
    for (int partition : work) {
      open.addAll(store.open(partition, null, Integer.MAX_VALUE));
      pending.addAll(store.pending(partition, null, Integer.MAX_VALUE));
    }
    return new Ground(rows, store.last(known), open, pending, work);
  }

  /// Returns how long IO may take: mostly little, sometimes long.
  int slow() {
    return schedule.chance(simulation.slowness) ? 200 : 4;
  }

  private void enqueue(Runnable work) {
    committer.add(work);
    pump();
  }

  private void pump() {
    Runnable next = committing || !alive ? null : committer.poll();
    if (next != null) {
      committing = true;
      schedule.soon(slow(), next);
    }
  }

  private void finish(LaneRunner.Step step) {
    committing = false;
    deliver(slow(), step);
    pump();
  }

  @Override
  public void answer(Submission.Asked asked, Reply reply) {
    unless(waiting.remove(asked.asker()), "one answer", asked.request() + " " + reply);
    boolean lost = simulation.mutant == Mutant.ANSWERS_LOST && schedule.chance(0.02);
    simulation.mood(unsure, ending);
    if (!lost) {
      asked.asker().reply().accept(reply);
      if (simulation.mutant == Mutant.ANSWERS_TWICE && schedule.chance(0.02)) {
        asked.asker().reply().accept(reply);
      }
    }
    simulation.mood(false, false);
  }

  @Override
  public void elsewhere(Submission.Asked asked) {
    unless(waiting.remove(asked.asker()), "one answer", asked.request() + " elsewhere");
    node.router().astray(asked);
  }

  @Override
  public void stands(InvocationRow row) {}

  @Override
  public void attempt(Assignment assignment, boolean fresh, long epoch) {
    attempts.start(assignment, fresh, epoch);
  }

  @Override
  public void completed(String invocation, long attempt, StepRow step) {
    attempts.completed(attempt, step);
  }

  @Override
  public void cancel(String invocation, long attempt) {
    attempts.cancel(attempt);
  }

  @Override
  public void stop(String invocation, long attempt) {
    attempts.stop(attempt);
  }

  @Override
  public void deliver(StepRow step) {
    node.courier()
        .deliver(
            step,
            answered -> {
              boolean lost = simulation.mutant == Mutant.CALLS_UNANSWERED && schedule.chance(0.1);
              if (!lost) {
                post(answered);
              }
              if (schedule.chance(0.1)) {
                post(answered);
              }
            });
  }

  @Override
  public void ask(Request.Control control) {
    node.courier().ask(control);
  }

  @Override
  public void published(Job job) {}

  @Override
  public void troubled(Key key, Problem problem) {
    schedule.trace(() -> this + " reports " + problem);
  }

  @Override
  public void fired(Submission.Due due, long lateMs) {
    boolean shown = due.timer().dueAt() <= schedule.clockMax();
    unless(lateMs >= 0 && shown, "no timer early", due + " by " + lateMs);
  }

  @Override
  public void storeFailed(Kind kind) {}

  @Override
  public String toString() {
    return node + "." + life;
  }
}
