// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Runs a statement once for each row: right where a call costs less than packing the rows.
final class RowBinding implements Binding {
  /// The driver keeps the values of a batch, and clears as many each time as it has ever kept.
  private static final int BATCH_MAX = 64;

  @Override
  public long[] apply(Session session, @Nullable String opening, List<Change<?>> changes)
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
  public boolean locksRows() {
    return false;
  }

  @Override
  public void ask(Session session, @Nullable String opening, List<Question<?, ?>> questions)
      throws SQLException {
    open(session, opening);
    for (Question<?, ?> question : questions) {
      ask(session, question);
    }
  }

  private static void open(Session session, @Nullable String opening) throws SQLException {
    if (opening != null) {
      session.run(opening);
    }
  }

  private static <R, T> void ask(Session session, Question<R, T> question) throws SQLException {
    PreparedStatement statement = session.statement(question.statement());
    for (R row : question.rows()) {
      bind(statement, question.shape(), row);
      Session.collect(statement, question.reader(), question.found());
    }
  }

  @Override
  public <R, T> List<T> select(
      Session session, String name, Shape<R> shape, Collection<R> rows, RowReader<T> reader)
      throws SQLException {
    var question = new Question<>(name, shape, List.copyOf(rows), reader);
    ask(session, question);
    return question.found();
  }

  private static <R> long apply(Session session, Change<R> change) throws SQLException {
    PreparedStatement statement = change.prepared(session);
    statement.clearBatch(); // what a failed commit left
    long count = 0;
    int waiting = 0;
    for (R row : change.rows()) {
      bind(statement, change.shape(), row);
      statement.addBatch();
      if (++waiting == BATCH_MAX) {
        count += execute(statement);
        waiting = 0;
      }
    }
    return waiting == 0 ? count : count + execute(statement);
  }

  private static long execute(PreparedStatement statement) throws SQLException {
    long count = 0;
    for (int hit : statement.executeBatch()) {
      count += hit == Statement.SUCCESS_NO_INFO ? 1 : hit;
    }
    return count;
  }

  private static <R> void bind(PreparedStatement statement, Shape<R> shape, R row)
      throws SQLException {
    int index = 1;
    for (Column<R> column : shape.columns()) {
      column.bind(statement, index++, row);
    }
  }
}
