// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.Key;
import dev.detent.Offset;
import dev.detent.store.EventRow;
import dev.detent.store.InstanceRow;
import dev.detent.store.InvocationRow;
import dev.detent.store.MachineRow;
import dev.detent.store.PartitionRow;
import dev.detent.store.TimerRow;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Reads rows from results, in the order of columns that the SQL lists.
final class Rows {
  private Rows() {}

  static PartitionRow partition(ResultSet row) throws SQLException {
    return new PartitionRow(
        row.getInt(1), row.getString(2), row.getLong(3), row.getLong(4), row.getLong(5));
  }

  static InstanceRow instance(ResultSet row) throws SQLException {
    return new InstanceRow(
        key(row, 1),
        row.getInt(3),
        row.getString(4),
        row.getString(5),
        row.getLong(6),
        row.getString(7),
        row.getLong(8),
        row.getLong(9),
        row.getLong(10),
        row.getInt(11),
        row.getString(12));
  }

  static EventRow event(ResultSet row) throws SQLException {
    return new EventRow(
        new Offset(row.getInt(1), row.getLong(2)),
        key(row, 3),
        row.getLong(5),
        row.getString(6),
        row.getString(7),
        row.getString(8),
        row.getString(9),
        row.getLong(10),
        row.getString(11),
        row.getBoolean(12));
  }

  static TimerRow timer(ResultSet row) throws SQLException {
    return new TimerRow(
        key(row, 1),
        row.getInt(5),
        row.getLong(3),
        row.getString(4),
        row.getLong(6),
        row.getString(7));
  }

  static InvocationRow invocation(ResultSet row) throws SQLException {
    return new InvocationRow(
        row.getString(1),
        key(row, 2),
        row.getInt(4),
        row.getString(5),
        row.getString(6),
        row.getString(7),
        row.getString(8),
        InvocationRow.Status.valueOf(row.getString(9).toUpperCase(Locale.ROOT)),
        row.getString(10),
        row.getLong(11),
        row.getLong(12),
        optionalNumber(row, 13),
        optionalNumber(row, 14),
        row.getString(15),
        row.getString(16),
        row.getString(17),
        row.getLong(18));
  }

  static MachineRow machine(ResultSet row) throws SQLException {
    return new MachineRow(row.getString(1), row.getString(2), row.getString(3), row.getString(4));
  }

  private static Key key(ResultSet row, int column) throws SQLException {
    return new Key(row.getString(column), row.getString(column + 1));
  }

  private static @Nullable Long optionalNumber(ResultSet row, int column) throws SQLException {
    long number = row.getLong(column);
    return row.wasNull() ? null : number;
  }
}
