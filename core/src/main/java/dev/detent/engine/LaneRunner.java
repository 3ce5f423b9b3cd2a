// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.Key;
import dev.detent.Problem;
import dev.detent.journal.Assignment;
import dev.detent.store.Batch;
import dev.detent.store.Claim;
import dev.detent.store.InvocationRow;
import dev.detent.store.PartitionRow;
import dev.detent.store.StepRow;
import dev.detent.store.Store;
import dev.detent.store.StoreException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Gives a [Lane] its threads: one that decides, one that commits, and readers.
///
/// **Threads**: [#submit] and [#post] may be called by any thread.
final class LaneRunner implements LaneEffects {
  private static final System.Logger LOG = System.getLogger(LaneRunner.class.getName());
  private static final int READERS = 2;
  private static final ScopedValue<Boolean> INSIDE = ScopedValue.newInstance();

  /// So many messages are taken before the lane may commit and fire timers.
  private static final int BURST_MAX = 1_000;

  private static final long WARN_MS = 1_000;

  private final Store store;
  private final Telling telling;
  private final Look look;
  private final Inbox inbox = new Inbox();
  private final ExecutorService committer;
  private final ExecutorService readers;
  private final Thread thread;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Lane lane;
  private final LaneMemory memory;
  private final Attempts attempts;
  private volatile boolean asleep;
  private volatile boolean stopping;
  private volatile Map<Integer, Long> epochs = Map.of();
  private volatile Health health = new Health(true, "");
  private long warnedAt = -WARN_MS;
  private boolean warned;

  /// Hears what a lane has to say.
  interface Telling {
    void answered(Submission.Asked asked, Reply reply);

    void elsewhere(Submission.Asked asked);

    void stands(InvocationRow row);

    void deliver(StepRow step, LaneRunner from);

    void ask(Request.Control control);

    void refreshed();

    void seen(List<PartitionRow> rows);

    void published(Job job, Batch batch);

    void troubled(Key key, Problem problem);

    void fired(Submission.Due due, long lateMs);

    void storeFailed(StoreException.Kind kind);

    void committed(int commands, int events, long nanos);
  }

  /// Makes a runner; nothing runs before [#start].
  ///
  /// @param name names the threads
  /// @param make makes the lane that talks to this runner
  LaneRunner(
      String name,
      Store store,
      Telling telling,
      LaneMemory memory,
      Function<LaneEffects, Lane> make) {
    this.store = store;
    this.look = new Look(store);
    this.telling = telling;
    this.memory = memory;
    this.attempts = new Attempts(store, this);
    this.lane = make.apply(this);
    this.thread =
        Thread.ofPlatform()
            .name(name)
            .unstarted(() -> ScopedValue.where(INSIDE, true).run(this::run));
    this.committer = Executors.newSingleThreadExecutor(daemons(name + "-commit"));
    this.readers = Executors.newFixedThreadPool(READERS, daemons(name + "-read"));
  }

  /// Tells whether this thread is a lane's: whoever waits for an answer on it would wait for ever.
  static boolean isInside() {
    return INSIDE.isBound();
  }

  /// Starts, with no partitions yet.
  void start() {
    thread.setDaemon(true);
    thread.start();
  }

  /// Takes partitions over that were acquired. Blocks while what is unfinished is read.
  void own(List<PartitionRow> rows) {
    Map<Integer, Long> nothing = new HashMap<>();
    rows.forEach(row -> nothing.put(row.partition(), 0L));
    Ground ground = look.ground(rows, nothing, nothing.keySet());
    post((lane, now) -> lane.own(ground, now));
  }

  /// Tells the lane how the partitions stand in the store.
  void seen(List<PartitionRow> rows) {
    post((lane, _) -> lane.seen(rows));
  }

  /// Takes a submission.
  void submit(Submission submission) {
    tell(submission);
  }

  private void tell(Object message) {
    inbox.add(message);
    wake();
    if (ended.getCount() == 0) {
      Thread.startVirtualThread(this::answerLeft); // whoever tells something may hold a lock
    }
  }

  /// Has something done to the lane by its own thread.
  void post(Step step) {
    if (ended.getCount() > 0) {
      inbox.add(step);
      wake();
    }
  }

  /// Takes note that an invocation's journal has an entry that did not come by the lane.
  void journaled(String invocation) {
    post((_, _) -> memory.agenda().journaled(invocation));
  }

  /// Does something to a lane.
  @FunctionalInterface
  interface Step {
    void run(Lane lane, long now);
  }

  /// Ends: answers everybody, and stops the threads. Waits for a commit in flight.
  void stop() throws InterruptedException {
    stopping = true;
    wake();
    ended.await();
    attempts.stop();
    committer.shutdown();
    readers.shutdown();
    var _ = committer.awaitTermination(1, TimeUnit.SECONDS);
    var _ = readers.awaitTermination(1, TimeUnit.SECONDS);
  }

  /// Lets somebody wait no longer for the end of an invocation.
  void forget(Consumer<Reply> taker) {
    post((_, _) -> memory.waiters().forget(taker));
  }

  /// Returns how many wait for the end of an invocation, about.
  int waiters() {
    return memory.waiters().size();
  }

  /// Returns the partitions that the lane owns, with their epochs, as of its last round.
  Map<Integer, Long> epochs() {
    return epochs;
  }

  /// Returns the state of the store as the lane last saw it.
  Health health() {
    return health;
  }

  /// Returns how much is waiting and remembered, about.
  Load load() {
    return new Load(
        inbox.size(),
        lane.undecided(),
        lane.uncommitted(),
        memory.cache().size(),
        memory.cache().bytes(),
        memory.alarms().size());
  }

  @Override
  public void load(Loading loading) {
    readers.execute(() -> post(read(loading)));
  }

  @Override
  public void commit(Job job) {
    committer.execute(() -> {
      inbox.addFirst(written(job)); // the store rests until the lane has taken note of it
      wake();
    });
  }

  @Override
  public void resolve(Job job) {
    committer.execute(() -> post(asked(job)));
  }

  @Override
  public void refresh(Map<Integer, Long> known, Set<Integer> work) {
    committer.execute(() ->
        post(
            attempt(
                () -> {
                  telling.refreshed();
                  List<PartitionRow> rows = store.partitionRows();
                  telling.seen(rows);
                  return look.ground(rows, known, work);
                },
                (ground, lane, now) -> lane.refreshed(ground, now),
                (failure, lane, now) -> lane.refreshFailed(failure, now))));
  }

  @Override
  public void claim(int partition, long known, long pauseMs) {
    Thread.ofVirtual()
        .name(thread.getName() + "-claim-" + partition)
        .start(() -> tell(Claiming.wait(store, partition, known, pauseMs)));
  }

  @Override
  public void release(Claim claim) {
    Thread.ofVirtual().start(claim::close);
  }

  @Override
  public void loadTimers(Upcoming upcoming) {
    readers.execute(() ->
        post(
            attempt(
                () -> store.timers(upcoming.partitions(), upcoming.dueAtMax(), upcoming.limit()),
                (rows, lane, _) -> lane.loads().timersLoaded(upcoming, rows),
                (failure, lane, now) -> lane.loads().timersFailed(upcoming, failure, now))));
  }

  @Override
  public void answer(Submission.Asked asked, Reply reply) {
    telling.answered(asked, reply);
  }

  @Override
  public void elsewhere(Submission.Asked asked) {
    telling.elsewhere(asked);
  }

  @Override
  public void stands(InvocationRow row) {
    telling.stands(row);
  }

  @Override
  public void attempt(Assignment assignment, boolean fresh, long epoch) {
    attempts.start(assignment, fresh, epoch);
  }

  @Override
  public void completed(String invocation, long attempt, StepRow step) {
    attempts.completed(invocation, attempt, step);
  }

  @Override
  public void cancel(String invocation, long attempt) {
    attempts.cancel(invocation, attempt);
  }

  @Override
  public void stop(String invocation, long attempt) {
    attempts.stop(invocation, attempt);
  }

  @Override
  public void deliver(StepRow step) {
    telling.deliver(step, this);
  }

  @Override
  public void ask(Request.Control control) {
    telling.ask(control);
  }

  @Override
  public void published(Job job) {
    Batch batch = job.batch();
    if (batch != null) {
      telling.published(job, batch);
    }
  }

  @Override
  public void troubled(Key key, Problem problem) {
    telling.troubled(key, problem);
  }

  @Override
  public void fired(Submission.Due due, long lateMs) {
    telling.fired(due, lateMs);
  }

  @Override
  public void storeFailed(StoreException.Kind kind) {
    telling.storeFailed(kind);
  }

  private void run() {
    try {
      while (!stopping) {
        drainInbox(store.now());
        // Read again: a message may have come because the clock was moved.
        long now = store.now();
        lane.tick(now);
        note(lane.health(), now);
        epochs = memory.partitions().epochs();
        sleep(now);
      }
    } catch (RuntimeException | Error e) {
      health = new Health(false, "a lane ended by a defect: " + e + "; restart the process");
      LOG.log(System.Logger.Level.ERROR, "a lane ends, its requests are answered", e);
    } finally {
      lane.end();
      ended.countDown();
      answerLeft();
    }
  }

  /// Keeps the state of the store, and says in the log when it fails and when it is well again; not
  /// each time, if it goes back and forth.
  private void note(Health next, long now) {
    if (!next.ok() && !warned && Math.abs(now - warnedAt) > WARN_MS) {
      warnedAt = now;
      warned = true;
      LOG.log(
          System.Logger.Level.WARNING,
          "{0}: the store fails, requests wait or are refused: {1}",
          thread.getName(),
          next.detail());
    } else if (next.ok() && warned) {
      warned = false;
      LOG.log(System.Logger.Level.INFO, "{0}: the store is well again", thread.getName());
    }
    health = next;
  }

  /// Answers what came after the lane had ended.
  private void answerLeft() {
    Object left;
    while ((left = inbox.poll()) != null) {
      if (left instanceof Claiming.Claimed claimed) {
        claimed.close();
      } else if (left instanceof Submission.Asked asked) {
        telling.answered(asked, new Reply.Refused(Refusals.ended()));
      } else if (left instanceof Submission.Barrier barrier) {
        barrier.reached().accept(false);
      }
    }
  }

  private void drainInbox(long now) {
    Object next;
    for (int i = 0; i < BURST_MAX && (next = inbox.poll()) != null; i++) {
      switch (next) {
        case Submission submission -> lane.submit(submission, now);
        case Step step -> step.run(lane, now);
        default -> throw new IllegalStateException("unknown message " + next);
      }
    }
  }

  private void sleep(long now) {
    asleep = true;
    if (inbox.isEmpty() && !stopping) {
      long wakeAt = lane.wakeAt();
      if (wakeAt == Long.MAX_VALUE) {
        LockSupport.park(this);
      } else if (wakeAt > now) {
        LockSupport.parkNanos(this, Math.min(wakeAt - now, 60_000) * 1_000_000L);
      }
    }
    asleep = false;
  }

  private void wake() {
    if (asleep) {
      LockSupport.unpark(thread);
    }
  }

  private Step read(Loading loading) {
    return attempt(
        () ->
            new Loaded(
                loading.keys().isEmpty() ? List.of() : store.instances(loading.keys()),
                loading.tokens().isEmpty() ? List.of() : store.invocations(loading.tokens()),
                loading.invocations().stream()
                    .map(store::invocation)
                    .filter(java.util.Objects::nonNull)
                    .toList()),
        (loaded, lane, _) -> lane.loads().loaded(loading, loaded),
        (failure, lane, now) -> lane.loads().loadFailed(loading, failure, now));
  }

  private Step written(Job job) {
    return attempt(
        () -> new Written(write(job)),
        (written, lane, now) -> lane.committed(job, written.rows(), now),
        (failure, lane, now) -> lane.commitFailed(job, failure, now));
  }

  private Step asked(Job job) {
    return attempt(
        () -> new Answer(committed(job)),
        (answer, lane, now) -> lane.resolved(job, answer.committed(), now),
        (failure, lane, now) -> lane.resolveFailed(job, failure, now));
  }

  /// Holds what a look at the fence showed before the commit.
  private record Written(@Nullable List<PartitionRow> rows) {}

  /// Holds whether a batch is committed, if the store knows.
  private record Answer(@Nullable Boolean committed) {}

  private @Nullable List<PartitionRow> write(Job job) {
    List<PartitionRow> rows = job.verify() ? store.partitionRows() : null;
    Batch batch = job.batch();
    if (batch != null) {
      long start = System.nanoTime();
      Claim claim = job.claim();
      if (claim == null) {
        store.commit(batch);
      } else {
        claim.commit(batch);
      }
      telling.committed(job.held().size(), batch.events().size(), System.nanoTime() - start);
    }
    return rows;
  }

  private @Nullable Boolean committed(Job job) {
    Batch batch = job.batch();
    return batch == null ? Boolean.FALSE : store.isCommitted(batch);
  }

  private interface Good<T> {
    void run(T result, Lane lane, long now);
  }

  private interface Bad {
    void run(StoreException failure, Lane lane, long now);
  }

  private interface Work<T> {
    T run();
  }

  private static <T> Step attempt(Work<T> work, Good<T> good, Bad bad) {
    try {
      T result = work.run();
      return (lane, now) -> good.run(result, lane, now);
    } catch (StoreException e) {
      return (lane, now) -> bad.run(e, lane, now);
    } catch (RuntimeException | Error e) {
      var failure = new StoreException(StoreException.Kind.UNKNOWN, Trouble.text(e), e);
      return (lane, now) -> bad.run(failure, lane, now);
    }
  }

  private static ThreadFactory daemons(String name) {
    return Thread.ofPlatform().name(name).daemon().factory();
  }
}
