// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Sends all rows of a kind as arrays, one for each column, and all kinds in one round trip.
///
/// **Threads**: safe for any number of threads.
final class ArrayBinding implements Binding {
  private static final int TEXTS_MAX = 1_000;

  private final Statements statements;
  private final Map<List<String>, String> texts = new ConcurrentHashMap<>();

  ArrayBinding(Statements statements) {
    this.statements = statements;
  }

  @Override
  public long[] apply(Session session, @Nullable String opening, List<Change<?>> changes)
      throws SQLException {
    try (PreparedStatement statement = session.prepare(text(opening, changes))) {
      int index = 1;
      for (Change<?> change : changes) {
        index = bind(session, statement, index, change);
      }
      statement.execute();
      return counts(statement, opening != null, changes.size());
    }
  }

  @Override
  public <R, T> List<T> select(
      Session session, String name, Shape<R> shape, Collection<R> rows, RowReader<T> reader)
      throws SQLException {
    var found = new ArrayList<T>();
    PreparedStatement statement = session.statement(name);
    bind(session, statement, 1, new Change<>(name, shape, List.copyOf(rows), false));
    Session.collect(statement, reader, found);
    return found;
  }

  @Override
  public boolean locksRows() {
    return true;
  }

  @Override
  public void ask(Session session, @Nullable String opening, List<Question<?, ?>> questions)
      throws SQLException {
    List<Change<?>> sent = new ArrayList<>();
    questions.forEach(question -> sent.add(question.parameters()));
    try (PreparedStatement statement = session.prepare(text(opening, sent))) {
      int index = 1;
      for (Question<?, ?> question : questions) {
        index = bind(session, statement, index, question.parameters());
      }
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

  private static <R, T> void collect(PreparedStatement statement, Question<R, T> question)
      throws SQLException {
    ResultSet rows = statement.getResultSet();
    while (rows.next()) {
      question.found().add(question.reader().read(rows));
    }
  }

  private String text(@Nullable String opening, List<Change<?>> changes) {
    var identity = new ArrayList<String>();
    if (opening != null) {
      identity.add(opening);
    }
    changes.forEach(change -> identity.add(change.identity()));
    String known = texts.get(identity);
    if (known != null) {
      return known;
    }
    var all = new ArrayList<String>();
    if (opening != null) {
      all.add(statements.text(opening));
    }
    changes.forEach(change -> all.add(change.text(statements)));
    String text = String.join(";\n", all);
    if (texts.size() < TEXTS_MAX) {
      texts.put(identity, text);
    }
    return text;
  }

  private static <R> int bind(
      Session session, PreparedStatement statement, int first, Change<R> change)
      throws SQLException {
    int index = first;
    for (Column<R> column : change.shape().columns()) {
      statement.setArray(index++, column.array(session.connection(), change.rows()));
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
