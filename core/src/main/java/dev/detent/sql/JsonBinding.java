// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import java.sql.PreparedStatement;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Sends all rows of a kind as one JSON text, an array of arrays, which the SQL reads as a table.
/// So counts are exact, whatever the driver makes of batches.
///
/// **Threads**: safe for any number of threads.
final class JsonBinding implements Binding {
  /// What any server takes, with the statement around it.
  private static final int SHORT = 1 << 16;

  /// SQL's own code for "program limit exceeded".
  private static final String TOO_LARGE = "54000";

  private static final int DUPLICATE = 1062;

  private volatile long packetBytesMax;

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
  public <R, T> List<T> select(
      Session session, String name, Shape<R> shape, Collection<R> rows, RowReader<T> reader)
      throws SQLException {
    var question = new Question<>(name, shape, List.copyOf(rows), reader);
    ask(session, question);
    return question.found();
  }

  @Override
  public boolean locksRows() {
    return true;
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

  private <R, T> void ask(Session session, Question<R, T> question) throws SQLException {
    PreparedStatement statement = session.statement(question.statement());
    for (String json : JsonRows.texts(question.shape(), question.rows())) {
      bind(session, statement, json);
      Session.collect(statement, question.reader(), question.found());
    }
  }

  /// A row that is there already where a new one is inserted undoes its whole statement, and no
  /// more: none of its rows is counted.
  private <R> long apply(Session session, Change<R> change) throws SQLException {
    PreparedStatement statement = change.prepared(session);
    long count = 0;
    for (String json : JsonRows.texts(change.shape(), change.rows())) {
      bind(session, statement, json);
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

  /// Refuses a text that the server would not take: it would cut the connection, and nobody could
  /// tell that from an outage.
  private void bind(Session session, PreparedStatement statement, String json) throws SQLException {
    if (json.length() > SHORT) {
      if (packetBytesMax == 0) {
        packetBytesMax = session.list("facts", row -> row.getLong(4)).getFirst();
      }
      long bytes = JsonRows.literalBytes(json) + SHORT;
      if (bytes > packetBytesMax) {
        throw new SQLDataException(
            "a statement of at most %d bytes, got one of %d; raise max_allowed_packet"
                .formatted(packetBytesMax, bytes),
            TOO_LARGE);
      }
    }
    statement.setString(1, json);
  }
}
