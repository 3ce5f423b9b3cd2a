// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import java.sql.Connection;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Holds one check of transitions that the user wrote.
///
/// @param name what to call it in messages
/// @param moment when it runs
/// @param from the states that are left which it looks at, or null for any and for creating
/// @param to the states that are entered which it looks at, or null for any
/// @param check throws whatever it likes if it does not hold
record Validation(
    String name, Moment moment, @Nullable Set<String> from, @Nullable Set<String> to, Check check) {
  /// Says when a check runs.
  enum Moment {
    /// Before the transition's code.
    BEFORE,
    /// When the new state is made and nothing is written.
    AFTER,
    /// When it is written, in the same transaction.
    WRITTEN
  }

  /// Runs the user's code.
  interface Check {
    /// Runs it.
    ///
    /// @param situation what the transition started from
    /// @param next what it led to, or null before it ran
    /// @param connection the transaction that has written it, or null
    void run(Situation situation, Outcome.@Nullable Move next, @Nullable Connection connection)
        throws Throwable;
  }

  /// Tells whether it looks at a transition.
  boolean looksAt(@Nullable String before, @Nullable String after) {
    return (from == null || (before != null && from.contains(before)))
        && (to == null || (after != null && to.contains(after)));
  }
}
