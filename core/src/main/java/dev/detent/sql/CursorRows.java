// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.Key;
import dev.detent.Offset;
import dev.detent.store.ConsumerRow;
import dev.detent.store.CursorLag;
import dev.detent.store.CursorRow;
import dev.detent.store.DeadLetterRow;
import dev.detent.store.WorkerRow;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Set;

/// Reads what belongs to consumers from results, in the order of columns that the SQL lists.
final class CursorRows {
  private CursorRows() {}

  static ConsumerRow consumer(ResultSet row) throws SQLException {
    return new ConsumerRow(
        row.getString(1), row.getString(2), row.getString(3), row.getBoolean(4), row.getLong(5));
  }

  static WorkerRow worker(ResultSet row) throws SQLException {
    String names = row.getString(2);
    Set<String> consumers = names.isEmpty() ? Set.of() : Set.of(names.split(","));
    return new WorkerRow(row.getString(1), consumers, row.getLong(3), row.getLong(4));
  }

  static CursorRow cursor(ResultSet row) throws SQLException {
    return new CursorRow(
        row.getString(1),
        row.getInt(2),
        row.getLong(3),
        row.getString(4),
        row.getLong(5),
        row.getInt(6),
        row.getString(7),
        row.getBoolean(8),
        row.getLong(9));
  }

  static CursorLag lag(ResultSet row) throws SQLException {
    long next = row.getLong(11);
    boolean none = row.wasNull();
    return new CursorLag(cursor(row), row.getLong(10), none ? null : next);
  }

  static DeadLetterRow letter(ResultSet row) throws SQLException {
    return new DeadLetterRow(
        row.getString(1),
        new Offset(row.getInt(2), row.getLong(3)),
        new Key(row.getString(4), row.getString(5)),
        row.getString(6),
        row.getInt(7),
        row.getString(8),
        row.getBoolean(9),
        row.getLong(10));
  }
}
