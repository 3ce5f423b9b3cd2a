// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.journal.Assignment;
import dev.detent.journal.Attempt;
import dev.detent.journal.Ending;
import dev.detent.journal.Entry;
import dev.detent.journal.Journal;
import dev.detent.store.InvocationRow;
import dev.detent.store.InvocationRow.Status;
import dev.detent.store.StepRow;
import dev.detent.store.Store;
import dev.detent.store.StoreException;
import dev.detent.store.StoreException.Kind;
import dev.detent.store.Transact;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Runs the attempts of a lane: brings what they report to the lane, and what the lane tells to
/// them.
///
/// **Threads**: safe for any number of threads; each attempt has a virtual thread of its own.
final class Attempts implements Journal {
  private static final int RESIDENT_MAX = 10_000;

  private final Store store;
  private final LaneRunner lane;
  private final Map<Long, Live> live = new ConcurrentHashMap<>();

  /// Holds an attempt that runs.
  private record Live(Attempt attempt, boolean fresh, long epoch) {}

  Attempts(Store store, LaneRunner lane) {
    this.store = store;
    this.lane = lane;
  }

  /// Starts an attempt.
  ///
  /// @param fresh whether its journal is empty for sure
  /// @param epoch the epoch in which the partition is owned
  void start(Assignment assignment, boolean fresh, long epoch) {
    var attempt = new Attempt(assignment, this);
    live.put(assignment.attempt(), new Live(attempt, fresh, epoch));
    attempt.start();
  }

  /// Tells an attempt that an entry is not pending any more, or that a signal came.
  void completed(String invocation, long number, StepRow step) {
    Attempt attempt = find(number);
    if (attempt != null) {
      attempt.completed(step);
    }
  }

  /// Tells an attempt that its invocation is to be cancelled.
  void cancel(String invocation, long number) {
    Attempt attempt = find(number);
    if (attempt != null) {
      attempt.cancel();
    }
  }

  /// Stops an attempt.
  void stop(String invocation, long number) {
    Live stopped = live.remove(number);
    if (stopped != null) {
      stopped.attempt().stop();
    }
  }

  /// Stops all attempts.
  void stop() {
    live.values().forEach(one -> one.attempt().stop());
    live.clear();
  }

  private @Nullable Attempt find(long number) {
    Live found = live.get(number);
    return found == null ? null : found.attempt();
  }

  @Override
  public void append(Assignment who, Entry entry, Consumer<StepRow> recorded) {
    lane.submit(
        new Submission.Append(
            who.row().partition(), who.row().id(), who.attempt(), entry, recorded));
  }

  @Override
  public void ended(Assignment who, Ending ending) {
    if (live.remove(who.attempt()) != null) {
      lane.submit(new Submission.Ended(who.row().key(), who.row().id(), who.attempt(), ending));
    }
  }

  @Override
  public List<StepRow> load(Assignment who) {
    Live one = live.get(who.attempt());
    if (one == null || one.fresh()) {
      return List.of();
    }
    int life = who.row().run().life();
    String id = who.row().id();
    List<StepRow> rows = store.steps(id).stream().filter(step -> step.life() == life).toList();
    requireRunning(store.invocation(id), life);
    return rows;
  }

  /// Requires that a journal that was read is one of an invocation that ran on after that: when one
  /// ends, or begins anew, it is deleted, and what was recorded in it must not be done again.
  ///
  /// @param row the invocation, read after its journal
  static void requireRunning(@Nullable InvocationRow row, int life) {
    boolean runs = row != null && row.status() == Status.RUNNING && row.run().life() == life;
    if (!runs) {
      throw new StoreException(Kind.UNAVAILABLE, "the invocation does not run any more", null);
    }
  }

  @Override
  public StepRow transact(Assignment who, String position, Transact work) throws Exception {
    String id = who.row().id();
    Live one = live.get(who.attempt());
    lane.journaled(id);
    return store.transact(who.row(), one == null ? -1 : one.epoch(), position, work);
  }

  @Override
  public boolean crowded() {
    return live.size() > RESIDENT_MAX;
  }
}
