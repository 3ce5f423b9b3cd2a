// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// Sends all rows of a kind as one JSON text, an array of arrays, which the SQL reads as a table.
/// So counts are exact, whatever the driver makes of batches.
///
/// **Threads**: safe for any number of threads.
final class JsonBinding implements Binding {
  private static final int ROWS_MAX = 1000;

  /// From so many characters on, the rest goes with the next statement.
  private static final int CHARS_MAX = 1 << 20;

  private static final int DUPLICATE = 1062;

  @Override
  public long[] apply(Session session, String opening, List<Change<?>> changes)
      throws SQLException {
    session.run(opening);
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
  public <R, T> List<T> select(
      Session session, String name, Shape<R> shape, Collection<R> rows, RowReader<T> reader)
      throws SQLException {
    var question = new Question<>(name, shape, List.copyOf(rows), reader);
    ask(session, question);
    return question.found();
  }

  @Override
  public void ask(Session session, List<Question<?, ?>> questions) throws SQLException {
    for (Question<?, ?> question : questions) {
      ask(session, question);
    }
  }

  private static <R, T> void ask(Session session, Question<R, T> question) throws SQLException {
    PreparedStatement statement = session.statement(question.statement());
    for (String json : texts(question.shape(), question.rows())) {
      statement.setString(1, json);
      Session.collect(statement, question.reader(), question.found());
    }
  }

  /// A row that is there already where a new one is inserted undoes its whole statement, and no
  /// more: none of its rows is counted.
  private static <R> long apply(Session session, Change<R> change) throws SQLException {
    PreparedStatement statement = session.statement(change.statement());
    long count = 0;
    for (String json : texts(change.shape(), change.rows())) {
      statement.setString(1, json);
      try {
        count += statement.executeUpdate();
      } catch (SQLException e) {
        if (e.getErrorCode() != DUPLICATE) {
          throw e;
        }
      }
    }
    return count;
  }

  private static <R> List<String> texts(Shape<R> shape, List<R> rows) throws SQLException {
    var texts = new ArrayList<String>();
    var text = new StringBuilder("[");
    int count = 0;
    for (R row : rows) {
      if (count == ROWS_MAX || text.length() > CHARS_MAX) {
        texts.add(text.append(']').toString());
        text = new StringBuilder("[");
        count = 0;
      }
      text.append(count++ == 0 ? "[" : ",[");
      char between = 0;
      for (Column<R> column : shape.columns()) {
        if (between != 0) {
          text.append(between);
        }
        column.write(text, row);
        between = ',';
      }
      text.append(']');
    }
    texts.add(text.append(']').toString());
    return texts;
  }
}
