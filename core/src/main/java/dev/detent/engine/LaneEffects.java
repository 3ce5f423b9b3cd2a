// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.Key;
import dev.detent.Problem;
import dev.detent.journal.Assignment;
import dev.detent.store.Claim;
import dev.detent.store.EventRow;
import dev.detent.store.InstanceRow;
import dev.detent.store.InvocationRow;
import dev.detent.store.PartitionRow;
import dev.detent.store.StepRow;
import dev.detent.store.StoreException;
import dev.detent.store.Token;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Does for a [Lane] what it can't do itself: IO. Results come back as calls to the lane.
///
/// The real one uses threads and a store; the simulation uses a seed.
interface LaneEffects {
  /// Reads what submissions wait for; answers by [Loads#loaded] or [Loads#loadFailed].
  void load(Loading loading);

  /// Commits a job; answers by [Lane#committed] or [Lane#commitFailed].
  void commit(Job job);

  /// Finds out whether a job's batch is committed; answers by [Lane#resolved] or
  /// [Lane#resolveFailed].
  void resolve(Job job);

  /// Reads what the lane starts from; answers by [Lane#refreshed] or [Lane#refreshFailed].
  ///
  /// @param known the last offset of each partition as the lane knows it; of those that have grown,
  ///   the last event is wanted too
  /// @param work the partitions whose open invocations are wanted too
  void refresh(Map<Integer, Long> known, Set<Integer> work);

  /// Waits for a partition that somebody else has locked; answers by [Lane#granted].
  ///
  /// @param known the last offset of it that the lane knows
  /// @param pauseMs lets so much time pass before
  void claim(int partition, long known, long pauseMs);

  /// Ends a claim that is not needed any more.
  void release(Claim claim);

  /// Reads the next timers; answers by [Loads#timersLoaded] or [Loads#timersFailed].
  void loadTimers(Upcoming upcoming);

  /// Gives an answer to whoever asked.
  void answer(Submission.Asked asked, Reply reply);

  /// Hands a request on that is for a partition which this lane does not own.
  void elsewhere(Submission.Asked asked);

  /// Makes what a batch did known: events to readers, figures to observers.
  void published(Job job);

  /// Says that something that nobody waits for went wrong: a timer, or a send when it ran.
  ///
  /// @param key the instance
  /// @param problem why
  void troubled(Key key, Problem problem);

  /// Says that a timer fired.
  void fired(Submission.Due due, long lateMs);

  /// Says that the store failed.
  void storeFailed(StoreException.Kind kind);

  /// Says that an invocation's standing changed: it began, an attempt failed, it was paused, it
  /// ended.
  void stands(InvocationRow row);

  /// Starts an attempt; it answers by submissions.
  ///
  /// @param assignment what to run
  /// @param fresh whether its journal is empty for sure
  /// @param epoch the epoch in which the partition is owned
  void attempt(Assignment assignment, boolean fresh, long epoch);

  /// Tells an attempt that an entry is not pending any more, or that a signal came.
  void completed(String invocation, long attempt, StepRow step);

  /// Tells an attempt that its invocation is to be cancelled.
  void cancel(String invocation, long attempt);

  /// Stops an attempt: nothing that it does counts from now on.
  void stop(String invocation, long attempt);

  /// Hands a call or a send to its instance, again until it is answered; answers by
  /// [Submission.Answered]. What is under way already is not handed over twice.
  void deliver(StepRow step);

  /// Asks something of an invocation elsewhere; nobody waits for the answer.
  void ask(Request.Control control);

  /// Says what to read.
  ///
  /// @param generation which start of the lane wants it
  /// @param keys the instances
  /// @param tokens the idempotency keys
  /// @param invocations invocations by their ids
  record Loading(int generation, Set<Key> keys, Set<Token> tokens, Set<String> invocations) {}

  /// Says which timers to read.
  ///
  /// @param number tells this read from earlier ones
  /// @param partitions of which partitions
  /// @param dueAtMax only timers due at this time or before, in milliseconds since 1970 UTC
  /// @param limit at most so many
  record Upcoming(long number, Set<Integer> partitions, long dueAtMax, int limit) {}

  /// Holds what was read; what does not exist is left out.
  ///
  /// @param instances the instances
  /// @param kept the invocations that carry the tokens
  /// @param invocations the invocations that were asked for by their ids
  record Loaded(
      List<InstanceRow> instances, List<InvocationRow> kept, List<InvocationRow> invocations) {}

  /// Holds what a lane starts from.
  ///
  /// @param rows the partition rows, all of the store
  /// @param last the last event of each partition of the lane that has grown
  /// @param open the open invocations of those partitions of the lane for which they were wanted,
  ///   those of an instance in order
  /// @param pending the pending entries of journals of the same partitions
  /// @param work these partitions
  record Ground(
      List<PartitionRow> rows,
      List<EventRow> last,
      List<InvocationRow> open,
      List<StepRow> pending,
      Set<Integer> work) {
    /// Returns the same without the rows of some partitions, so that nothing of them counts.
    Ground without(Set<Integer> partitions) {
      List<PartitionRow> rest =
          rows.stream().filter(row -> !partitions.contains(row.partition())).toList();
      return new Ground(rest, last, open, pending, work);
    }
  }
}
