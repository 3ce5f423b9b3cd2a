// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes rows of one kind.
///
/// @param statement the name of the SQL
/// @param text the SQL itself, where no file can know it; otherwise null
/// @param shape the order of the parameters
/// @param rows the rows, at least one
/// @param counted whether each row must hit exactly one stored row
record Change<R>(
    String statement, @Nullable String text, Shape<R> shape, List<R> rows, boolean counted) {
  Change(String statement, Shape<R> shape, List<R> rows, boolean counted) {
    this(statement, null, shape, rows, counted);
  }

  /// Returns the SQL.
  String text(Statements statements) {
    return text == null ? statements.text(statement) : text;
  }

  /// Returns what tells its SQL from all other.
  String identity() {
    return text == null ? statement : text;
  }

  /// Returns its statement, prepared once for the session's life.
  PreparedStatement prepared(Session session) throws SQLException {
    return text == null ? session.statement(statement) : session.kept(text);
  }
}
