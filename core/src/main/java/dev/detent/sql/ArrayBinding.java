// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Sends all rows of a kind as arrays, one for each column, and all kinds in one round trip; single
/// rows as plain values.
///
/// **Threads**: safe for any number of threads.
final class ArrayBinding implements Binding {
  private final ArrayTexts texts;

  ArrayBinding(Statements statements) {
    this.texts = new ArrayTexts(statements);
  }

  @Override
  public long[] apply(Session session, @Nullable String opening, List<Change<?>> changes)
      throws SQLException {
    try (PreparedStatement statement = prepare(session, opening, changes, null)) {
      statement.execute();
      return counts(statement, opening != null, changes.size());
    }
  }

  @Override
  public long[] apply(Session session, String opening, List<Change<?>> changes, String closing)
      throws SQLException {
    try (PreparedStatement statement = prepare(session, opening, changes, closing)) {
      statement.execute();
      return counts(statement, true, changes.size());
    }
  }

  @Override
  public boolean atOnce() {
    return true;
  }

  @Override
  public <R, T> List<T> select(
      Session session, String name, Shape<R> shape, Collection<R> rows, RowReader<T> reader)
      throws SQLException {
    var question = new Question<>(name, shape, List.copyOf(rows), reader);
    ask(session, null, List.of(question));
    return question.found();
  }

  @Override
  public boolean locksRows() {
    return true;
  }

  @Override
  public void ask(Session session, @Nullable String opening, List<Question<?, ?>> questions)
      throws SQLException {
    List<Change<?>> sent = new ArrayList<>(questions.size());
    questions.forEach(question -> sent.add(question.parameters()));
    try (PreparedStatement statement = prepare(session, opening, sent, null)) {
      statement.execute();
      if (opening != null) {
        statement.getMoreResults();
      }
      for (Question<?, ?> question : questions) {
        collect(statement, question);
        statement.getMoreResults();
      }
    }
  }

  @Override
  public <T> @Nullable T first(
      Session session, List<Change<?>> parts, List<String> around, RowReader<T> reader)
      throws SQLException {
    String text = texts.whole(parts, around);
    try (PreparedStatement statement = prepare(session, text, parts, true)) {
      statement.execute();
      if (!around.isEmpty()) {
        statement.getMoreResults();
      }
      ResultSet rows = statement.getResultSet();
      return rows.next() ? reader.read(rows) : null;
    }
  }

  private static <R, T> void collect(PreparedStatement statement, Question<R, T> question)
      throws SQLException {
    ResultSet rows = statement.getResultSet();
    while (rows.next()) {
      question.found().add(question.reader().read(rows));
    }
  }

  private static boolean alone(List<Change<?>> changes) {
    for (Change<?> change : changes) {
      if (change.rows().size() != 1) {
        return false;
      }
    }
    return true;
  }

  private PreparedStatement prepare(
      Session session, @Nullable String opening, List<Change<?>> changes, @Nullable String closing)
      throws SQLException {
    boolean alone = alone(changes);
    return prepare(session, texts.text(opening, changes, closing, alone), changes, alone);
  }

  private static PreparedStatement prepare(
      Session session, String text, List<Change<?>> changes, boolean alone) throws SQLException {
    PreparedStatement statement = session.prepare(text);
    try {
      int index = 1;
      for (Change<?> change : changes) {
        index = bind(session, statement, index, change, alone);
      }
      return statement;
    } catch (SQLException e) {
      statement.close();
      throw new UnsentException(e);
    }
  }

  private static <R> int bind(
      Session session, PreparedStatement statement, int first, Change<R> change, boolean alone)
      throws SQLException {
    int index = first;
    for (Column<R> column : change.shape().columns()) {
      if (alone) {
        column.bindAlone(statement, index++, change.rows().getFirst());
      } else {
        statement.setArray(index++, column.array(session.connection(), change.rows()));
      }
    }
    return index;
  }

  /// Reads the counts; if there is an opening, the first result is that of it.
  private static long[] counts(PreparedStatement statement, boolean opened, int changes)
      throws SQLException {
    long[] counts = new long[changes];
    for (int i = 0; i < changes; i++) {
      if (opened || i > 0) {
        statement.getMoreResults();
      }
      counts[i] = statement.getUpdateCount();
    }
    return counts;
  }
}
