// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.engine.Trouble.Phase;
import dev.detent.store.Batch;
import dev.detent.store.PartitionRow;
import dev.detent.store.StoreException;
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
  private final Answers answers;
  private final Aside aside;
  private final Pipeline pipeline = new Pipeline();
  private final Undoing undoing;
  private final Loads loads;
  private final Trouble trouble;

  private @Nullable Job lost;
  private @Nullable Set<Integer> work;
  private final Bisection bisection;
  private final Parking parking = new Parking();
  private final Suspicion suspicion;

  /// Makes a lane that owns nothing yet.
  Lane(
      LaneMemory memory,
      LaneLimits limits,
      LaneEffects effects,
      LaneSetting setting,
      Invoking.Setting rules) {
    this.memory = memory;
    this.limits = limits;
    this.effects = effects;
    this.answers = new Answers(memory, effects);
    this.backlog = new Backlog(answers);
    this.aside = new Aside(memory, effects, answers);
    this.arrivals = new Arrivals(memory);
    this.deciding = new Deciding(memory, effects, answers, rules);
    this.takeover = new Takeover(memory, effects, deciding.invoking());
    var waiting = new Undoing.Waiting(backlog, aside);
    this.undoing = new Undoing(memory, pipeline, waiting, deciding, takeover);
    this.waking = new Waking(memory, limits, deciding.journaling(), effects);
    this.alone = setting.alone();
    this.batchIds = setting.batchIds();
    this.bisection = new Bisection(limits.batchMax());
    this.trouble = new Trouble(limits);
    this.suspicion = new Suspicion(memory.partitions(), pipeline);
    var parts = new Loads.LaneParts(deciding, waking, undoing, backlog, pipeline);
    this.loads = new Loads(parts, trouble, effects, this::giveUp);
  }

  /// Takes partitions over, as they were acquired.
  ///
  /// @param ground what the store has of them
  void own(LaneEffects.Ground ground, long now) {
    arrivals.add(ground);
    arrive(now);
  }

  private void arrive(long now) {
    LaneEffects.Ground ground;
    while (trouble.phase() == Phase.NONE && (ground = arrivals.take(pipeline.busy())) != null) {
      if (arrivals.settle(ground)) {
        backlog.addAll(takeover.takeUp(ground, pipeline.committed(), now));
      } else {
        startAgain();
      }
    }
  }

  /// Hears how the partitions stand in the store. If another node took one meanwhile, or a caller
  /// has moved something there, this lane need not try to write there to find out.
  void seen(List<PartitionRow> rows) {
    suspicion.seen(rows);
  }

  /// Gives partitions up, while it is parked; whoever waits for something in them is sent on.
  void disown(Set<Integer> partitions) {
    restart(); // so that nothing of them waits to be read
    arrivals.drop(partitions);
    memory.partitions().drop(partitions);
    backlog.addFirst(aside.end(partitions::contains));
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
    backlog.addFirst(aside.due(trouble.phase() == Phase.NONE, now));
    drain(now);
    if (trouble.reading(now) && !parking.wanted()) {
      waking.due(now).forEach(submission -> submit(submission, now));
      if (!deciding.reading().isEmpty()) {
        effects.load(deciding.reading().take(undoing.generation()));
      }
    }
    waking.expired(now).forEach(submission -> submit(submission, now));
    drain(now);
    catchUp();
    dispatch();
    memory.cache().trim(pipeline.committed());
    reachPark();
  }

  /// Returns when to tick at the latest, in milliseconds since 1970 UTC.
  long wakeAt() {
    boolean firing = trouble.deciding() && !parking.wanted();
    long alarm = firing ? trouble.notBeforeReading(waking.wakeAt()) : Long.MAX_VALUE;
    long waiting = Math.min(memory.waiters().wakeAt(), aside.wakeAt());
    return Math.min(Math.min(trouble.wakeAt(firing), alarm), waiting);
  }

  /// Returns who takes what was read.
  Loads loads() {
    return loads;
  }

  /// Takes note that a job is committed.
  ///
  /// @param rows the partition rows as they were just before, if the job asked for them
  void committed(Job done, @Nullable List<PartitionRow> rows, long now) {
    if (done != pipeline.job()) {
      return;
    }
    Set<Integer> stale = memory.partitions().outdated(rows);
    pipeline.done(done);
    trouble.over();
    suspicion.moved(rows != null && !stale.isEmpty());
    Batch batch = done.batch();
    if (batch != null) {
      memory.partitions().committed(batch);
      deciding.committed(batch, done.number());
      batch.timers().forEach(memory.alarms()::started);
      bisection.committed();
    }
    if (suspicion.isNone() && arrivals.isEmpty()) {
      dispatch(); // the store works on while answers go out
    }
    effects.published(done);
    done.held().forEach(held -> answers.release(held, pipeline.committed()));
    for (Job.Held held : done.readers()) {
      if (stale.contains(takeover.partition(held.submission()))) {
        pipeline.again(held);
      } else {
        answers.release(held, pipeline.committed());
      }
    }
    catchUp();
    drain(now);
    reachPark();
  }

  /// Starts from the store again if somebody else took something, or has moved something.
  private void catchUp() {
    if (pipeline.busy() || parking.reached() || trouble.phase() != Phase.NONE) {
      return;
    }
    if (suspicion.isTaken()) {
      startAgain();
    } else if (suspicion.isMoved()) {
      lookAgain();
    }
  }

  /// Takes a partition that was waited for, or null if it could not be had.
  void granted(int partition, Aside.@Nullable Granted got) {
    aside.granted(partition, got);
    if (parking.wanted()) {
      aside.release(null);
    }
  }

  /// Takes note that a job's commit failed.
  void commitFailed(Job failed, StoreException failure, long now) {
    if (failed != pipeline.job()) {
      return;
    }
    effects.storeFailed(failure.kind());
    memory.fenced(failure, now);
    switch (failure.kind()) {
      case FENCED -> lookAgain();
      case LOCKED -> setAside(failed, failure.partitions(), now);
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
      look();
      return;
    }
    if (asked != pipeline.job()) {
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
    if (asked != pipeline.job()) {
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
    Partitions mine = memory.partitions();
    if (!ground.work().containsAll(work == null ? mine.all() : work)) {
      look();
      return;
    }
    if (work != null && !mine.lost(ground.rows()).isEmpty()) {
      startAgain();
      return;
    }
    memory.moved(mine.jumped(ground.rows()));
    mine.settle(ground);
    trouble.over();
    backlog.addFirst(aside.end(p -> !memory.partitions().has(p)));
    backlog.addAll(takeover.takeUp(ground, pipeline.committed(), now));
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

  /// Stops at the next batch boundary, with nothing decided ahead.
  ///
  /// @param whenParked called once nothing is in flight
  void park(Runnable whenParked) {
    parking.ask(whenParked);
    aside.release(null);
    reachPark();
  }

  /// Goes on after [#park], with nothing remembered; if it never stopped, it just goes on.
  void resume(long now) {
    if (parking.end()) {
      restart();
      if (trouble.phase() == Phase.NONE) {
        refresh(null);
      }
    }
    drain(now);
  }

  /// Answers everybody who waits, for good: the lane ends.
  void end() {
    Job current = pipeline.job();
    if (current != null) {
      answers.forsake(current);
    }
    restart();
    backlog.addAll(aside.end(_ -> true));
    backlog.refuseAll(Refusals.stopping());
    answers.forsakeWaiters();
  }

  /// Returns the state of the store as this lane sees it.
  Health health() {
    return trouble.health();
  }

  /// Returns how many submissions wait for their turn.
  int undecided() {
    return backlog.size() + aside.size();
  }

  /// Returns how many answers wait for a commit.
  int uncommitted() {
    return pipeline.uncommitted();
  }

  private boolean held() {
    return parking.wanted()
        || suspicion.isTaken()
        || !trouble.deciding()
        || pipeline.forming().held().size() >= bisection.limit()
        || pipeline.forming().bytes() >= limits.batchBytesMax();
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
    int partition = takeover.partition(submission);
    if (aside.has(partition)) {
      aside.add(partition, submission);
    } else if (takeover.sendOn(submission)) {
      return;
    } else if (submission instanceof Submission.Barrier barrier && !barrier.looked()) {
      suspicion.taken();
      backlog.addFirst(List.of(barrier));
    } else {
      Resting resting = deciding.decide(submission, pipeline.forming(), now);
      if (resting != null) {
        rest(pipeline.forming().resting(submission, resting), resting);
      }
    }
  }

  private void rest(Job.Held held, Resting resting) {
    boolean looks = resting.looks() && !alone.getAsBoolean();
    if (pipeline.rest(held, resting.batch(), looks)) {
      answers.release(held, pipeline.committed());
    }
  }

  private void dispatch() {
    if (pipeline.ready() && !parking.reached() && trouble.phase() == Phase.NONE) {
      effects.commit(pipeline.next(batchIds, memory.partitions(), aside::claim));
    }
  }

  private void tryAgain() {
    Job current = pipeline.job();
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
    refresh(null);
  }

  /// Takes everything back that is not committed, and reads where callers have moved something.
  /// These change no invocations: only where some were decided are they read again.
  private void lookAgain() {
    suspicion.looking();
    refresh(undoing.stepBack());
  }

  /// Goes on without the partitions that somebody else has locked.
  private void setAside(Job failed, Set<Integer> locked, long now) {
    Set<Integer> undone = undoing.stepBack();
    aside.start(failed.claim(), locked, now);
    trouble.over();
    if (!undone.isEmpty()) {
      refresh(undone);
    }
  }

  /// Reads how the partitions stand.
  ///
  /// @param wanted the partitions whose open invocations are wanted too, or null for all
  private void refresh(@Nullable Set<Integer> wanted) {
    work = wanted;
    backlog.looking();
    trouble.begin(Phase.REFRESH);
    look();
  }

  private void look() {
    if (lost == null) {
      Set<Integer> wanted = work;
      effects.refresh(
          memory.partitions().offsets(), wanted == null ? memory.partitions().all() : wanted);
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

  private void restart() {
    undoing.restart();
    suspicion.lookingAtAll();
    work = null;
  }

  /// Tells everybody that the store is out of reach, and waits for it to come back.
  private void giveUp(String why, long now) {
    trouble.failed(Phase.DOWN, why, now);
    restart();
    backlog.addAll(aside.end(_ -> true));
    backlog.refuse(trouble.unavailable());
    reachPark();
  }

  private void reachPark() {
    if (pipeline.isEmpty()) {
      parking.reach();
    }
  }
}
