// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Sends one statement after the other, and stops where the rest would be in vain.
sealed interface StepwiseBinding extends Binding permits RowBinding, JsonBinding {
  /// Writes one change, and returns how many stored rows it hit.
  <R> long apply(Session session, Change<R> change) throws SQLException;

  /// Asks one question.
  <R, T> void ask(Session session, Question<R, T> question) throws SQLException;

  @Override
  default long[] apply(Session session, @Nullable String opening, List<Change<?>> changes)
      throws SQLException {
    open(session, opening);
    long[] counts = new long[changes.size()];
    for (int i = 0; i < counts.length; i++) {
      Change<?> change = changes.get(i);
      counts[i] = apply(session, change);
      if (change.counted() && counts[i] != change.rows().size()) {
        break; // the rest would be in vain
      }
    }
    return counts;
  }

  @Override
  default void ask(Session session, @Nullable String opening, List<Question<?, ?>> questions)
      throws SQLException {
    open(session, opening);
    for (Question<?, ?> question : questions) {
      ask(session, question);
    }
  }

  @Override
  default <R, T> List<T> select(
      Session session, String name, Shape<R> shape, Collection<R> rows, RowReader<T> reader)
      throws SQLException {
    var question = new Question<>(name, shape, List.copyOf(rows), reader);
    ask(session, question);
    return question.found();
  }

  private static void open(Session session, @Nullable String opening) throws SQLException {
    if (opening != null) {
      session.run(opening);
    }
  }
}
