// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import java.sql.PreparedStatement;
import java.sql.SQLDataException;
import java.sql.SQLException;

/// Sends all rows of a kind as one JSON text, an array of arrays, which the SQL reads as a table.
/// So counts are exact, whatever the driver makes of batches.
///
/// **Threads**: safe for any number of threads.
final class JsonBinding implements StepwiseBinding {
  /// What any server takes, with the statement around it.
  private static final int SHORT = 1 << 16;

  /// SQL's own code for "program limit exceeded".
  private static final String TOO_LARGE = "54000";

  private static final int DUPLICATE = 1062;

  private volatile long packetBytesMax;

  @Override
  public boolean locksRows() {
    return true;
  }

  @Override
  public <R, T> void ask(Session session, Question<R, T> question) throws SQLException {
    PreparedStatement statement = session.statement(question.statement());
    for (String json : JsonRows.texts(question.shape(), question.rows())) {
      bind(session, statement, json);
      Session.collect(statement, question.reader(), question.found());
    }
  }

  /// A row that is there already where a new one is inserted undoes its whole statement, and no
  /// more: none of its rows is counted.
  @Override
  public <R> long apply(Session session, Change<R> change) throws SQLException {
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
