// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.Key;
import dev.detent.Problem;
import dev.detent.engine.Trouble.Phase;
import dev.detent.store.Batch;
import dev.detent.store.EventRow;
import dev.detent.store.PartitionRow;
import dev.detent.store.StoreException;
import dev.detent.store.TimerRow;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
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
  private final boolean exclusive;
  private final Recorder recorder;
  private final LongFunction<String> batchIds;

  private final ArrayDeque<Submission> backlog = new ArrayDeque<>();
  private final List<Job.Held> readers = new ArrayList<>();
  private final Answers answers;
  private final Reading reading;
  private final Trouble trouble;

  private Forming forming = Forming.first();
  private @Nullable Job job;
  private long committed;
  private int generation;
  private int batchLimit;
  private @Nullable Runnable parking;
  private boolean parked;

  /// Makes a lane that owns nothing yet.
  Lane(
      LaneMemory memory,
      LaneLimits limits,
      Recorder recorder,
      LaneEffects effects,
      Setting setting) {
    this.memory = memory;
    this.limits = limits;
    this.recorder = recorder;
    this.effects = effects;
    this.exclusive = setting.exclusive();
    this.batchIds = setting.batchIds();
    this.batchLimit = limits.batchMax();
    this.trouble = new Trouble(limits);
    this.reading = new Reading(memory, recorder);
    this.answers = new Answers(memory, effects);
  }

  /// Says what a lane must know of its surroundings.
  ///
  /// @param exclusive whether nobody else can write to the store
  /// @param batchIds names the commit of a batch by its number, unique for ever
  record Setting(boolean exclusive, LongFunction<String> batchIds) {}

  /// Takes partitions over, as they were acquired.
  ///
  /// @param rows the rows
  /// @param last the last event of each
  void own(List<PartitionRow> rows, List<EventRow> last) {
    memory.partitions().adopt(rows);
    memory.partitions().happened(last);
  }

  /// Takes a submission; its answer may be given at once or later.
  void submit(Submission submission, long now) {
    if (trouble.phase() == Phase.DOWN) {
      answers.refuse(submission, trouble.unavailable());
    } else if (!backlog.isEmpty() || held()) {
      backlog.addLast(submission);
    } else {
      decide(submission, now);
    }
  }

  /// Does what is due: tries again, fires timers, reads what is wanted, hands over the next batch.
  ///
  /// Call it after each burst of input, and at [#wakeAt].
  void tick(long now) {
    if (trouble.due(now)) {
      tryAgain();
    }
    if (trouble.reading(now) && !parked && parking == null) {
      fire(now);
      load();
    }
    drain(now);
    dispatch();
    memory.cache().trim(committed);
    reachPark();
  }

  /// Returns when to tick at the latest, in milliseconds since 1970 UTC.
  long wakeAt() {
    boolean firing = trouble.deciding() && !parked && parking == null;
    long alarm = firing ? memory.alarms().wakeAt(limits.firingMax()) : Long.MAX_VALUE;
    return Math.min(trouble.wakeAt(firing), trouble.notBeforeReading(alarm));
  }

  /// Takes what was read.
  void loaded(LaneEffects.Loading loading, LaneEffects.Loaded loaded, long now) {
    if (loading.generation() != generation) {
      return;
    }
    trouble.loadWorked();
    for (Key key : reading.loaded(loading, loaded)) {
      wake(key);
    }
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
      reading.again(loading);
    } else if (job == null) {
      giveUp(Trouble.text(failure), now);
    } else {
      reading.abandon(loading).forEach(s -> answers.postpone(s, trouble.unavailable()));
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
      batch.timers().forEach(memory.alarms()::started);
      effects.published(done);
    }
    done.held().forEach(held -> answers.release(held, committed));
    batchLimit = Math.min(limits.batchMax(), batchLimit * 2);
    if (rows == null || stale) {
      readers.addAll(0, done.readers());
    } else {
      done.readers().forEach(held -> answers.release(held, committed));
    }
    if (stale) {
      restart();
      refresh();
    }
    drain(now);
    reachPark();
  }

  /// Takes note that a job's commit failed.
  void commitFailed(Job failed, StoreException failure, long now) {
    if (failed != job) {
      return;
    }
    effects.storeFailed(failure.kind());
    switch (failure.kind()) {
      case FENCED -> {
        restart();
        refresh();
      }
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
    if (asked != job) {
      return;
    }
    if (answer == null) {
      answers.forsake(asked);
      restart();
      refresh();
    } else if (answer) {
      committed(asked, null, now);
    } else {
      retryCommit(trouble.detail(), now);
    }
  }

  /// Takes note that it could not be found out whether a job's batch is committed.
  void resolveFailed(Job asked, StoreException failure, long now) {
    effects.storeFailed(failure.kind());
    if (asked != job) {
      return;
    }
    trouble.failed(Phase.RESOLVE, Trouble.text(failure), now);
    if (trouble.tooLong(now)) {
      answers.forsake(asked);
      giveUp(Trouble.text(failure), now);
    }
  }

  /// Takes the partition rows.
  ///
  /// @param rows the rows
  /// @param last the last event of each that has grown
  void refreshed(List<PartitionRow> rows, List<EventRow> last, long now) {
    if (!trouble.refreshing()) {
      return;
    }
    if (!memory.partitions().owns(rows)) {
      giveUp("another node has taken over this store", now);
    } else {
      memory.partitions().happened(last);
      memory.partitions().adopt(memory.partitions().mine(rows));
      trouble.over();
      drain(now);
      reachPark();
    }
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
  void timersLoaded(List<TimerRow> rows, int limit) {
    long until = rows.size() < limit ? Long.MAX_VALUE : rows.getLast().dueAt();
    List<TimerRow> mine = memory.partitions().mineOf(rows);
    memory.alarms().loaded(mine, until, rows.size() - mine.size());
    trouble.loadWorked();
  }

  /// Takes note that the timers could not be read.
  void timersFailed(StoreException failure, long now) {
    effects.storeFailed(failure.kind());
    memory.alarms().failed();
    trouble.loadFailed(Trouble.text(failure), now);
  }

  /// Stops at the next batch boundary, with nothing decided ahead.
  ///
  /// @param whenParked called once nothing is in flight
  void park(Runnable whenParked) {
    parking = whenParked;
    reachPark();
  }

  /// Goes on after [#park], with nothing remembered; if it never stopped, it just goes on.
  void resume(long now) {
    boolean stopped = parked;
    parked = false;
    parking = null;
    if (stopped) {
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
    refuseBacklog(Refusals.stopping());
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
    return parked
        || parking != null
        || !trouble.deciding()
        || forming.held().size() >= batchLimit
        || forming.bytes() >= limits.batchBytesMax();
  }

  private void drain(long now) {
    while (!held() && !backlog.isEmpty()) {
      decide(backlog.removeFirst(), now);
    }
  }

  private void decide(Submission submission, long now) {
    InstanceCache.Entry entry = reading.entry(submission.key());
    if (!reading.ready(entry, submission) || !entry.waiting().isEmpty()) {
      entry.waiting().addLast(submission);
      return;
    }
    Recorder.Resting resting = recorder.record(entry, submission, forming, now);
    if (resting != null) {
      rest(forming.resting(submission, resting.reply()), resting);
    }
  }

  /// Holds an answer that writes nothing. A batch that forms checks the fence after the request
  /// came; one in flight may have checked it before.
  private void rest(Job.Held held, Recorder.Resting resting) {
    long batch = resting.batch();
    if (batch == forming.number()) {
      forming.held().add(held);
    } else if (!exclusive && resting.looks()) {
      readers.add(held);
    } else if (job != null && batch == job.number()) {
      job.held().add(held);
    } else {
      answers.release(held, committed);
    }
  }

  private void wake(Key key) {
    InstanceCache.Entry entry = memory.cache().find(key);
    while (entry != null && !entry.waiting().isEmpty()) {
      backlog.addFirst(entry.waiting().removeLast());
    }
  }

  private void fire(long now) {
    for (TimerRow timer : memory.alarms().due(now, limits.firingMax())) {
      submit(new Submission.Due(timer), now);
    }
    if (memory.alarms().wants(now)) {
      int limit = memory.alarms().askLimit();
      effects.loadTimers(memory.alarms().ask(now), limit);
    }
  }

  private void load() {
    if (!reading.isEmpty()) {
      effects.load(reading.take(generation));
    }
  }

  private void dispatch() {
    boolean nothing = forming.isEmpty() && readers.isEmpty();
    if (job != null || nothing || parked || trouble.phase() != Phase.NONE) {
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
      case REFRESH, DOWN -> effects.refresh(memory.partitions().offsets());
      case NONE -> throw new IllegalStateException("nothing to try again");
    }
  }

  private void refresh() {
    trouble.begin(Phase.REFRESH);
    effects.refresh(memory.partitions().offsets());
  }

  private void isolate(Job failed, StoreException failure, long now) {
    List<Job.Held> writers = failed.held().stream().filter(Job.Held::writes).toList();
    if (writers.isEmpty()) {
      retryCommit(Trouble.text(failure), now);
      return;
    }
    if (writers.size() == 1) {
      Submission poison = writers.getFirst().submission();
      failed.held().removeIf(Job.Held::writes);
      if (poison instanceof Submission.Due due) {
        memory.alarms().poison(due.timer());
      }
      answers.refuse(poison, Refusals.rejected(poison.key(), failure));
    }
    batchLimit = Math.max(1, writers.size() / 2);
    trouble.over();
    restart();
  }

  /// Takes everything back that was decided but not committed, to be decided again from the store.
  private void restart() {
    var decided = new ArrayList<>(forming.held());
    decided.addAll(readers);
    if (job != null) {
      decided.addAll(job.held());
      decided.addAll(job.readers());
    }
    decided.sort(Comparator.comparingLong(Job.Held::order));
    var again = new ArrayList<Submission>();
    decided.forEach(held -> again.add(held.submission()));
    again.addAll(memory.cache().clear());
    again.removeIf(Submission.Due.class::isInstance);
    backlog.removeIf(Submission.Due.class::isInstance);
    again.reversed().forEach(backlog::addFirst);
    job = null;
    forming = forming.next();
    generation++;
    readers.clear();
    reading.clear();
    recorder.clear();
    memory.tokens().clear();
    memory.alarms().clear();
    memory.partitions().rollback();
  }

  /// Tells everybody that the store is out of reach, and waits for it to come back.
  private void giveUp(String why, long now) {
    trouble.failed(Phase.DOWN, why, now);
    restart();
    refuseBacklog(trouble.unavailable());
    reachPark();
  }

  private void refuseBacklog(Problem problem) {
    while (!backlog.isEmpty()) {
      answers.refuse(backlog.removeFirst(), problem);
    }
  }

  private void reachPark() {
    Runnable waiting = parking;
    if (waiting != null && job == null && forming.isEmpty() && readers.isEmpty()) {
      parked = true;
      parking = null;
      waiting.run();
    }
  }
}
