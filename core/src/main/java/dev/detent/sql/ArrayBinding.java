// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Sends all rows of a kind as arrays, one for each column, and all kinds in one round trip.
///
/// **Threads**: safe for any number of threads.
final class ArrayBinding implements Binding {
  private final Statements statements;
  private final Map<List<String>, String> texts = new ConcurrentHashMap<>();

  ArrayBinding(Statements statements) {
    this.statements = statements;
  }

  @Override
  public long[] apply(Session session, List<Change<?>> changes) throws SQLException {
    List<String> names = changes.stream().map(Change::statement).toList();
    String text = texts.computeIfAbsent(names, this::join);
    try (PreparedStatement statement = session.prepare(text)) {
      int index = 1;
      for (Change<?> change : changes) {
        index = bind(session, statement, index, change);
      }
      statement.execute();
      return counts(statement, changes.size());
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

  private String join(List<String> names) {
    var text = new StringBuilder(statements.text("transaction"));
    names.forEach(name -> text.append(";\n").append(statements.text(name)));
    return text.toString();
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

  /// Reads the counts; the first result is that of the transaction's limits.
  private static long[] counts(PreparedStatement statement, int changes) throws SQLException {
    long[] counts = new long[changes];
    for (int i = 0; i < changes; i++) {
      statement.getMoreResults();
      counts[i] = statement.getUpdateCount();
    }
    return counts;
  }
}
