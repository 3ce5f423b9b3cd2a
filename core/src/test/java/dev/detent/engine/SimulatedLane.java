// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import static dev.detent.engine.Violation.unless;

import dev.detent.Key;
import dev.detent.Problem;
import dev.detent.engine.Operation.Attempt;
import dev.detent.journal.Assignment;
import dev.detent.store.Batch;
import dev.detent.store.InvocationRow;
import dev.detent.store.PartitionRow;
import dev.detent.store.StepRow;
import dev.detent.store.StoreException;
import dev.detent.store.StoreException.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
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
  private static final LaneLimits LIMITS = new LaneLimits(5, 4_000, 3, 400, 10, 200);

  private final Simulation simulation;
  private final Schedule schedule;
  private final Lane lane;
  private final LaneMemory memory;
  private final int life;
  private final ArrayDeque<Runnable> committer = new ArrayDeque<>();
  private final Map<Submission, Attempt> waiting = new IdentityHashMap<>();
  private boolean committing;
  private boolean alive = true;
  private boolean unsure;
  private boolean ending;
  private long wakes;
  private long turns;

  SimulatedLane(Simulation simulation, SimulatedNode node, int life) {
    this.simulation = simulation;
    this.schedule = simulation.schedule;
    this.life = life;
    this.memory =
        new LaneMemory(
            new Partitions(ModelStore.PARTITIONS),
            new InstanceCache(CACHED_MAX, 8_000),
            new Tokens(),
            new Alarms(4, 2_000),
            new Agenda(),
            new Waiters());
    var setting = new Lane.Setting(simulation.exclusive, number -> life + "/" + number);
    var rules = new Invoking.Setting(node::machine, Long.MAX_VALUE / 4, InvocationLimits.STANDARD);
    this.lane = new Lane(memory, LIMITS, this, setting, rules);
  }

  void start(List<PartitionRow> rows) {
    var nothing = new HashMap<Integer, Long>();
    rows.forEach(row -> nothing.put(row.partition(), 0L));
    lane.own(ground(rows, nothing), schedule.clock());
    deliver(1, (_, _) -> {});
  }

  /// Does something to the lane a little later.
  void deliver(int most, LaneRunner.Step step) {
    schedule.soon(
        most,
        () -> {
          if (alive) {
            step.run(lane, schedule.clock());
            if (schedule.chance(0.8)) {
              tick();
            } else {
              schedule.after(1, this::tick);
            }
          }
        });
  }

  void submit(Attempt attempt, Submission.Asked asked) {
    waiting.put(asked, attempt);
    attempt.life = life;
    deliver(
        2,
        (to, now) -> {
          attempt.turn = ++turns;
          schedule.trace(() -> "lane " + life + " takes " + attempt.operation);
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
      waiting.forEach((_, attempt) -> attempt.crashed = attempt.waits());
      crash();
    }
  }

  /// Ends it as a process that is killed.
  void crash() {
    alive = false;
    waiting.values().stream().filter(Attempt::waits).forEach(a -> a.crashed = true);
    committer.clear();
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
    unless(memory.alarms().size() <= 4 + 3, "few timers in memory", memory.alarms().size());
    long wake = ++wakes;
    long pause = wakeAt == Long.MAX_VALUE ? 60_000 : Math.min(60_000, wakeAt - now);
    schedule.after(
        Math.max(1, pause),
        () -> {
          if (wake == wakes) {
            tick();
          }
        });
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
  }

  @Override
  public void load(Loading loading) {
    schedule.soon(
        slow(),
        () -> {
          try {
            simulation.faults.read();
            ModelStore store = simulation.store;
            var loaded =
                new Loaded(
                    store.instances(loading.keys()),
                    store.invocations(loading.tokens()),
                    loading.invocations().stream()
                        .map(store::invocation)
                        .filter(Objects::nonNull)
                        .toList());
            deliver(slow(), (to, now) -> to.loaded(loading, loaded, now));
          } catch (StoreException e) {
            deliver(slow(), (to, now) -> to.loadFailed(loading, e, now));
          }
        });
  }

  @Override
  public void loadTimers(Set<Integer> partitions, long dueAtMax, int limit) {
    schedule.soon(
        slow(),
        () -> {
          try {
            simulation.faults.read();
            var rows = simulation.store.timers(partitions, dueAtMax, limit);
            schedule.trace(() -> "lane " + life + " reads " + limit + " timers, " + rows);
            deliver(slow(), (to, _) -> to.timersLoaded(rows, limit));
          } catch (StoreException e) {
            deliver(slow(), (to, now) -> to.timersFailed(e, now));
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
        if (simulation.faults.cut()) {
          cut(batch);
        }
        simulation.store.commit(batch);
      }
      finish((to, now) -> to.committed(job, rows, now));
    } catch (StoreException e) {
      schedule.trace(() -> "lane " + life + " batch " + job.number() + " " + e.kind());
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
  public void refresh(Map<Integer, Long> known) {
    enqueue(() -> {
      try {
        simulation.faults.read();
        Ground ground = ground(simulation.store.rows(), known);
        finish((to, now) -> to.refreshed(ground, now));
      } catch (StoreException e) {
        finish((to, now) -> to.refreshFailed(e, now));
      }
    });
  }

  private Ground ground(List<PartitionRow> rows, Map<Integer, Long> known) {
    ModelStore store = simulation.store;
    var open = new ArrayList<InvocationRow>();
    var pending = new ArrayList<StepRow>();
    for (int partition : known.keySet()) {
      open.addAll(store.open(partition, null, Integer.MAX_VALUE));
      pending.addAll(store.pending(partition, null, Integer.MAX_VALUE));
    }
    return new Ground(rows, store.last(known), open, pending);
  }

  /// Returns how long IO may take: mostly little, sometimes long.
  private int slow() {
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
    Attempt attempt = waiting.remove(asked);
    unless(attempt != null, "one answer", asked.request() + " " + reply);
    boolean lost = simulation.mutant == Mutant.ANSWERS_LOST && schedule.chance(0.02);
    if (attempt != null && !lost) {
      simulation.answered(attempt, reply, unsure, ending);
      if (simulation.mutant == Mutant.ANSWERS_TWICE && schedule.chance(0.02)) {
        simulation.answered(attempt, reply, unsure, ending);
      }
    }
  }

  @Override
  public void elsewhere(Submission.Asked asked) {
    answer(asked, new Reply.Refused(Refusals.ownerless()));
  }

  @Override
  public void stands(InvocationRow row) {}

  @Override
  public void attempt(Assignment assignment, boolean fresh, long epoch) {}

  @Override
  public void completed(String invocation, long attempt, StepRow step) {}

  @Override
  public void cancel(String invocation, long attempt) {}

  @Override
  public void stop(String invocation, long attempt) {}

  @Override
  public void deliver(StepRow step) {}

  @Override
  public void ask(Request.Control control) {}

  @Override
  public void published(Job job) {}

  @Override
  public void troubled(Key key, Problem problem) {
    schedule.trace(() -> "lane " + life + " reports " + problem);
  }

  @Override
  public void fired(Submission.Due due, long lateMs) {
    boolean shown = due.timer().dueAt() <= schedule.clockMax();
    unless(lateMs >= 0 && shown, "no timer early", due + " by " + lateMs);
  }

  @Override
  public void storeFailed(Kind kind) {}
}
