// SPDX-License-Identifier: Apache-2.0
package dev.detent.journal;

import dev.detent.store.StepRow;
import dev.detent.store.Transact;
import java.util.List;
import java.util.function.Consumer;

/// Does for attempts what only the engine can.
///
/// **Threads**: called by the threads of attempts. Methods never block unless they say so.
public interface Journal {
  /// Records an entry.
  ///
  /// Entries of one attempt become durable in the order of these calls; an entry may be durable
  /// only together with those before it. If another row stands at that position already and is not
  /// PENDING, that row stays and is handed over. A FAILED entry at the position of a PENDING row
  /// takes its place. A SEND that was recorded as PENDING never becomes FAILED.
  ///
  /// @param who the attempt
  /// @param entry what to record
  /// @param recorded called once, on any thread, when the row is durable; not called if the attempt
  ///   is stopped meanwhile
  void append(Assignment who, Entry entry, Consumer<StepRow> recorded);

  /// Learns how an attempt ended; it does nothing more. Not called if it was stopped before.
  void ended(Assignment who, Ending ending);

  /// Returns the journal of the invocation's life, signals included, in any order; empty for a
  /// fresh one. **Blocks.**
  ///
  /// A sleep may be PENDING for ever: that it is over is told by [Attempt#completed], to each
  /// attempt anew.
  ///
  /// What is completed after this read comes through [Attempt#completed].
  List<StepRow> load(Assignment who);

  /// Runs the user's SQL and records the step in one transaction. **Blocks.**
  ///
  /// @param who the attempt
  /// @param position the step's place
  /// @param work runs the SQL and returns the row; its `at` is no later than now, and may be
  ///   replaced
  /// @return the row as it is recorded; the one that was there, if there was one
  /// @throws Exception what the work throws, or that the store can't do it
  StepRow transact(Assignment who, String position, Transact work) throws Exception;

  /// Tells whether so many attempts wait that one more should let go of its thread.
  boolean crowded();
}
