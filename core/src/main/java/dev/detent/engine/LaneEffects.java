// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.Key;
import dev.detent.Problem;
import dev.detent.store.InstanceRow;
import dev.detent.store.InvocationRow;
import dev.detent.store.StoreException;
import dev.detent.store.Token;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Does for a [Lane] what it can't do itself: IO. Results come back as calls to the lane.
///
/// The real one uses threads and a store; the simulation uses a seed.
interface LaneEffects {
  /// Reads what submissions wait for; answers by [Lane#loaded] or [Lane#loadFailed].
  void load(Loading loading);

  /// Commits a job; answers by [Lane#committed] or [Lane#commitFailed].
  void commit(Job job);

  /// Finds out whether a job's batch is committed; answers by [Lane#resolved] or
  /// [Lane#resolveFailed].
  void resolve(Job job);

  /// Reads the partition rows; answers by [Lane#refreshed] or [Lane#refreshFailed].
  ///
  /// @param known the last offset of each partition as the lane knows it; of those that have grown,
  ///   the last event is wanted too
  void refresh(Map<Integer, Long> known);

  /// Reads the next timers; answers by [Lane#timersLoaded] or [Lane#timersFailed].
  ///
  /// @param dueAtMax only timers due at this time or before, in milliseconds since 1970 UTC
  /// @param limit at most so many
  void loadTimers(long dueAtMax, int limit);

  /// Gives an answer to whoever asked.
  void answer(Submission.Asked asked, Reply reply);

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

  /// Says what to read.
  ///
  /// @param generation which start of the lane wants it
  /// @param keys the instances
  /// @param tokens the idempotency keys
  /// @param sends the delayed sends: by their ids, the instances they go to
  record Loading(int generation, Set<Key> keys, Set<Token> tokens, Map<String, Key> sends) {}

  /// Holds what was read; what does not exist is left out.
  ///
  /// @param instances the instances
  /// @param kept the invocations that carry the tokens
  /// @param sends the delayed sends
  record Loaded(List<InstanceRow> instances, List<InvocationRow> kept, List<InvocationRow> sends) {}
}
