// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.Problem;
import dev.detent.engine.Trouble.Phase;
import dev.detent.store.Batch;
import dev.detent.store.PartitionRow;
import dev.detent.store.StoreException;
import dev.detent.store.TimerRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/// Owns some partitions: decides what is submitted, ahead of the disk, and lets nobody hear of it
/// before it is committed.
///
/// **Guarantees**: one batch is in flight at a time; the next one forms meanwhile. Answers are
/// given after the commit that they rest on. If a batch fails, all that was decided on top of it is
/// decided again from the store, in the same order per instance.
///
/// **Threads**: one at a time. It has no clock and does no IO: input and the time come in, effects
/// go out.
final class Lane {
  private final LaneMemory memory;
  private final LaneLimits limits;
  private final LaneEffects effects;
  private final BooleanSupplier alone;
  private final Deciding deciding;
  private final Takeover takeover;
  private final Waking waking;
  private final LongFunction<String> batchIds;

  private final Backlog backlog;
  private final Arrivals arrivals;
  private final List<Job.Held> readers = new ArrayList<>();
  private final Answers answers;
  private final Trouble trouble;

  private Forming forming = Forming.first();
  private @Nullable Job job;
  private @Nullable Job lost;
  private long committed;
  private int generation;
  private final Bisection bisection;
  private final Parking parking = new Parking();
  private boolean outdated;

  /// Makes a lane that owns nothing yet.
  Lane(
      LaneMemory memory,
      LaneLimits limits,
      LaneEffects effects,
      Setting setting,
      Invoking.Setting rules) {
    this.memory = memory;
    this.limits = limits;
    this.effects = effects;
    this.answers = new Answers(memory, effects);
    this.backlog = new Backlog(answers);
    this.arrivals = new Arrivals(memory);
    this.deciding = new Deciding(memory, effects, answers, rules);
    this.takeover = new Takeover(memory, effects, deciding.invoking());
    this.waking = new Waking(memory, limits, deciding.journaling(), effects);
    this.alone = setting.alone();
    this.batchIds = setting.batchIds();
    this.bisection = new Bisection(limits.batchMax());
    this.trouble = new Trouble(limits);
  }

  /// Says what a lane must know of its surroundings.
  ///
  /// @param alone tells whether nobody else can have written to the store
  /// @param batchIds names the commit of a batch by its number, unique for ever
  record Setting(BooleanSupplier alone, LongFunction<String> batchIds) {}

  /// Takes partitions over, as they were acquired.
  ///
  /// @param ground what the store has of them
  void own(LaneEffects.Ground ground, long now) {
    arrivals.add(ground);
    arrive(now);
  }

  private void arrive(long now) {
    LaneEffects.Ground ground;
    while (trouble.phase() == Phase.NONE && (ground = arrivals.take(job != null)) != null) {
      if (arrivals.settle(ground)) {
        backlog.addAll(takeover.takeUp(ground, committed, now));
      } else {
        startAgain();
      }
    }
  }

  /// Hears how the partitions stand in the store. If another node took one meanwhile, this lane
  /// need not try to write there to find out: whoever waits for something there is sent on.
  void seen(List<PartitionRow> rows) {
    outdated |= !memory.partitions().lost(rows).isEmpty();
  }

  /// Gives partitions up, while it is parked; whoever waits for something in them is sent on.
  void disown(Set<Integer> partitions) {
    arrivals.drop(partitions);
    memory.partitions().drop(partitions);
    backlog.removeIf(takeover::sendOn);
  }

  /// Takes a submission; its answer may be given at once or later.
  void submit(Submission submission, long now) {
    if (trouble.phase() == Phase.DOWN && Backlog.refusable(submission)) {
      answers.refuse(submission, trouble.unavailable());
    } else if (!backlog.isEmpty() || held()) {
      backlog.add(submission);
    } else {
      decide(submission, now);
    }
  }

  /// Does what is due: tries again, fires timers, reads what is wanted, hands over the next batch.
  /// Call it after each burst of input, and at [#wakeAt].
  void tick(long now) {
    arrive(now);
    catchUp();
    if (trouble.due(now)) {
      tryAgain();
    }
    if (trouble.reading(now) && !parking.wanted()) {
      waking.due(now).forEach(submission -> submit(submission, now));
      if (!deciding.reading().isEmpty()) {
        effects.load(deciding.reading().take(generation));
      }
    }
    waking.expired(now).forEach(submission -> submit(submission, now));
    drain(now);
    dispatch();
    memory.cache().trim(committed);
    reachPark();
  }

  /// Returns when to tick at the latest, in milliseconds since 1970 UTC.
  long wakeAt() {
    boolean firing = trouble.deciding() && !parking.wanted();
    long alarm = firing ? trouble.notBeforeReading(waking.wakeAt()) : Long.MAX_VALUE;
    return Math.min(Math.min(trouble.wakeAt(firing), alarm), memory.waiters().wakeAt());
  }

  /// Takes what was read.
  void loaded(LaneEffects.Loading loading, LaneEffects.Loaded loaded, long now) {
    if (loading.generation() != generation) {
      return;
    }
    trouble.loadWorked();
    backlog.addFirst(deciding.loaded(loading, loaded));
    drain(now);
  }

  /// Takes note that a read failed: it is tried again, for a while.
  void loadFailed(LaneEffects.Loading loading, StoreException failure, long now) {
    effects.storeFailed(failure.kind());
    if (loading.generation() != generation) {
      return;
    }
    trouble.loadFailed(Trouble.text(failure), now);
    if (!trouble.loadTooLong(now)) {
      deciding.reading().again(loading);
    } else if (job == null) {
      giveUp(Trouble.text(failure), now);
    } else {
      for (Submission late : deciding.reading().abandon(loading)) {
        backlog.postpone(late, trouble.unavailable());
      }
    }
  }

  /// Takes note that a job is committed.
  ///
  /// @param rows the partition rows as they were just before, if the job asked for them
  void committed(Job done, @Nullable List<PartitionRow> rows, long now) {
    if (done != job) {
      return;
    }
    boolean stale = rows != null && !rows.stream().allMatch(memory.partitions()::current);
    job = null;
    trouble.over();
    committed = done.number();
    Batch batch = done.batch();
    if (batch != null) {
      memory.partitions().committed(batch);
      deciding.committed(batch);
      batch.timers().forEach(memory.alarms()::started);
      effects.published(done);
      bisection.committed();
    }
    done.held().forEach(held -> answers.release(held, committed));
    if (rows == null || stale) {
      readers.addAll(0, done.readers());
    } else {
      done.readers().forEach(held -> answers.release(held, committed));
    }
    if (stale) {
      startAgain();
    }
    catchUp();
    drain(now);
    reachPark();
  }

  /// Starts from the store again if somebody else took something.
  private void catchUp() {
    if (outdated && job == null && !parking.reached() && trouble.phase() == Phase.NONE) {
      startAgain();
    }
  }

  /// Takes note that a job's commit failed.
  void commitFailed(Job failed, StoreException failure, long now) {
    if (failed != job) {
      return;
    }
    effects.storeFailed(failure.kind());
    switch (failure.kind()) {
      case FENCED, LOCKED -> startAgain();
      case REJECTED -> isolate(failed, failure, now);
      case UNKNOWN -> {
        trouble.failed(Phase.RESOLVE, Trouble.text(failure), now);
        trouble.begin(Phase.RESOLVE);
        effects.resolve(failed);
      }
      case UNAVAILABLE -> retryCommit(Trouble.text(failure), now);
    }
    drain(now);
  }

  private void retryCommit(String why, long now) {
    trouble.failed(Phase.COMMIT, why, now);
    if (trouble.tooLong(now)) {
      giveUp(why, now);
    }
  }

  /// Takes the answer to whether a job's batch is committed.
  ///
  /// @param answer yes or no, or null if even the store can't tell any more
  void resolved(Job asked, @Nullable Boolean answer, long now) {
    if (asked == lost) {
      lost = null;
      effects.refresh(memory.partitions().offsets());
      return;
    }
    if (asked != job) {
      return;
    }
    if (answer == null) {
      answers.forsake(asked);
      startAgain();
    } else if (answer) {
      committed(asked, null, now);
    } else {
      retryCommit(trouble.detail(), now);
    }
  }

  /// Takes note that it could not be found out whether a job's batch is committed.
  void resolveFailed(Job asked, StoreException failure, long now) {
    effects.storeFailed(failure.kind());
    if (asked == lost) {
      trouble.failed(trouble.phase(), Trouble.text(failure), now);
      return;
    }
    if (asked != job) {
      return;
    }
    trouble.failed(Phase.RESOLVE, Trouble.text(failure), now);
    if (trouble.tooLong(now)) {
      answers.forsake(asked);
      lost = asked; // until it is decided, what is read from the store may change by itself
      giveUp(Trouble.text(failure), now);
    }
  }

  /// Takes what the lane starts from.
  void refreshed(LaneEffects.Ground ground, long now) {
    if (!trouble.refreshing()) {
      return;
    }
    memory.partitions().settle(ground);
    trouble.over();
    backlog.addAll(takeover.takeUp(ground, committed, now));
    backlog.removeIf(takeover::sendOn);
    drain(now);
    reachPark();
  }

  /// Takes note that the partition rows could not be read.
  void refreshFailed(StoreException failure, long now) {
    effects.storeFailed(failure.kind());
    if (!trouble.refreshing()) {
      return;
    }
    trouble.failed(trouble.phase(), Trouble.text(failure), now);
    if (trouble.phase() == Phase.REFRESH && trouble.tooLong(now)) {
      giveUp(Trouble.text(failure), now);
    }
  }

  /// Takes the timers that were asked for.
  void timersLoaded(LaneEffects.Upcoming asked, List<TimerRow> rows) {
    trouble.loadWorked();
    waking.loaded(asked, rows);
  }

  /// Takes note that the timers could not be read.
  void timersFailed(LaneEffects.Upcoming asked, StoreException failure, long now) {
    effects.storeFailed(failure.kind());
    if (waking.failed(asked)) {
      trouble.loadFailed(Trouble.text(failure), now);
    }
  }

  /// Stops at the next batch boundary, with nothing decided ahead.
  ///
  /// @param whenParked called once nothing is in flight
  void park(Runnable whenParked) {
    parking.ask(whenParked);
    reachPark();
  }

  /// Goes on after [#park], with nothing remembered; if it never stopped, it just goes on.
  void resume(long now) {
    if (parking.end()) {
      restart();
      if (trouble.phase() == Phase.NONE) {
        refresh();
      }
    }
    drain(now);
  }

  /// Answers everybody who waits, for good: the lane ends.
  void end() {
    if (job != null) {
      answers.forsake(job);
    }
    restart();
    backlog.refuseAll(Refusals.stopping());
    for (Waiters.Waiter waiter : memory.waiters().take(_ -> true)) {
      Problem unfinished = Refusals.unfinished(waiter.invocation());
      effects.answer(waiter.asked(), new Reply.Refused(unfinished, waiter.invocation(), false));
    }
  }

  /// Returns the state of the store as this lane sees it.
  Health health() {
    return trouble.health();
  }

  /// Returns how many submissions wait for their turn.
  int undecided() {
    return backlog.size();
  }

  /// Returns how many answers wait for a commit.
  int uncommitted() {
    return forming.held().size() + (job == null ? 0 : job.held().size());
  }

  private boolean held() {
    return parking.wanted()
        || !trouble.deciding()
        || forming.held().size() >= bisection.limit()
        || forming.bytes() >= limits.batchBytesMax();
  }

  private void drain(long now) {
    while (!held()) {
      Submission next = deciding.takeFollowing();
      next = next == null ? backlog.poll() : next;
      if (next == null) {
        return;
      }
      decide(next, now);
    }
  }

  private void decide(Submission submission, long now) {
    if (!takeover.sendOn(submission)) {
      Resting resting = deciding.decide(submission, forming, now);
      if (resting != null) {
        rest(forming.resting(submission, resting), resting);
      }
    }
  }

  /// Holds an answer that writes nothing. A batch that forms checks the fence after the request
  /// came; one in flight may have checked it before.
  private void rest(Job.Held held, Resting resting) {
    long batch = resting.batch();
    if (batch == forming.number()) {
      forming.held().add(held);
    } else if (resting.looks() && !alone.getAsBoolean()) {
      readers.add(held);
    } else if (job != null && batch == job.number()) {
      job.held().add(held);
    } else {
      answers.release(held, committed);
    }
  }

  private void dispatch() {
    boolean nothing = forming.isEmpty() && readers.isEmpty();
    if (job != null || nothing || parking.reached() || trouble.phase() != Phase.NONE) {
      return;
    }
    Batch batch = forming.batch(batchIds.apply(forming.number()), memory.partitions());
    var next = new Job(forming, batch, List.copyOf(readers));
    job = next;
    readers.clear();
    forming = forming.next();
    effects.commit(next);
  }

  private void tryAgain() {
    Job current = job;
    switch (trouble.phase()) {
      case COMMIT -> effects.commit(Objects.requireNonNull(current));
      case RESOLVE -> effects.resolve(Objects.requireNonNull(current));
      case REFRESH, DOWN -> look();
      case NONE -> throw new IllegalStateException("nothing to try again");
    }
  }

  /// Takes everything back that is not committed, and reads what the store has.
  private void startAgain() {
    restart();
    refresh();
  }

  private void refresh() {
    trouble.begin(Phase.REFRESH);
    look();
  }

  private void look() {
    if (lost == null) {
      effects.refresh(memory.partitions().offsets());
    } else {
      effects.resolve(lost);
    }
  }

  private void isolate(Job failed, StoreException failure, long now) {
    List<Job.Held> writers = failed.writers();
    if (writers.isEmpty()) {
      retryCommit(Trouble.text(failure), now);
      return;
    }
    if (writers.size() == 1) {
      failed.held().removeIf(Job.Held::writes);
      backlog.addAll(deciding.spoil(writers.getFirst().submission(), failure));
    }
    bisection.rejected(writers.size());
    startAgain();
  }

  /// Takes everything back that was decided but not committed, to be decided again from the store.
  private void restart() {
    List<Submission> again = Job.undone(forming, job, readers);
    again.addAll(memory.cache().clear());
    again.addAll(deciding.clear());
    again.removeIf(Takeover::comesAgain);
    backlog.removeIf(Takeover::comesAgain);
    backlog.addFirst(again);
    job = null;
    forming = forming.next();
    generation++;
    outdated = false;
    readers.clear();
    memory.agenda().clear();
    memory.tokens().clear();
    memory.alarms().clear();
    memory.partitions().rollback();
  }

  /// Tells everybody that the store is out of reach, and waits for it to come back.
  private void giveUp(String why, long now) {
    trouble.failed(Phase.DOWN, why, now);
    restart();
    backlog.refuse(trouble.unavailable());
    reachPark();
  }

  private void reachPark() {
    if (job == null && forming.isEmpty() && readers.isEmpty()) {
      parking.reach();
    }
  }
}
