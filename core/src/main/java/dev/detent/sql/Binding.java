// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Brings many rows to the database in the way that is fastest there.
sealed interface Binding permits ArrayBinding, StepwiseBinding {
  /// Writes changes in their order; may stop after one that did not hit all its rows.
  ///
  /// @param opening the name of a statement to run before, or null
  /// @return for each change how many stored rows it hit; 0 for those left out
  long[] apply(Session session, @Nullable String opening, List<Change<?>> changes)
      throws SQLException;

  /// Tells whether others may have locked a row; else the first change locks everything.
  boolean locksRows();

  /// Writes changes between two statements, all in one round trip.
  ///
  /// @param opening the name of the statement before
  /// @param closing the name of the statement after, which is run unless there is an error
  /// @return for each change how many stored rows it hit
  default long[] apply(Session session, String opening, List<Change<?>> changes, String closing)
      throws SQLException {
    throw new IllegalStateException("one round trip: expected arrays, got " + this);
  }

  /// Tells whether it brings everything in one round trip, and takes questions about tables of the
  /// user's.
  default boolean atOnce() {
    return false;
  }

  /// Asks questions in their order.
  ///
  /// @param opening the name of a statement to run before, or null
  void ask(Session session, @Nullable String opening, List<Question<?, ?>> questions)
      throws SQLException;

  /// Runs one statement that is made of parts, each for one row.
  ///
  /// @param around the names of a statement to run before and of one to run after, or none
  /// @return the first row of its result, or null if there is none
  default <T> @Nullable T first(
      Session session, List<Change<?>> parts, List<String> around, RowReader<T> reader)
      throws SQLException {
    throw new IllegalStateException("one statement: expected arrays, got " + this);
  }

  /// Looks many keys up.
  <R, T> List<T> select(
      Session session, String name, Shape<R> shape, Collection<R> rows, RowReader<T> reader)
      throws SQLException;
}
