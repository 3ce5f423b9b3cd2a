// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.Key;
import dev.detent.Offset;
import dev.detent.store.EventRow;
import dev.detent.store.Glance;
import dev.detent.store.InstanceRow;
import dev.detent.store.InvocationRow;
import dev.detent.store.InvocationRow.End;
import dev.detent.store.InvocationRow.Parent;
import dev.detent.store.InvocationRow.Run;
import dev.detent.store.MachineRow;
import dev.detent.store.NodeRow;
import dev.detent.store.PartitionRow;
import dev.detent.store.StepRow;
import dev.detent.store.StepRow.Outgoing;
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

  /// Reads an instance that may not be there, and what else matters of it.
  static Glimpse glimpse(ResultSet row) throws SQLException {
    Key key = key(row, 1);
    InstanceRow instance = row.getString(4) == null ? null : instance(row);
    return new Glimpse(key, instance, row.getBoolean(13), optionalNumber(row, 14), row.getInt(15));
  }

  /// Shows an instance, and what else a decision about it rests on.
  ///
  /// @param instance the instance, or null if there is none
  /// @param busy whether an invocation of it is queued, running or paused
  /// @param lastAt when its partition's last event was, or null if there was none
  record Glimpse(
      Key key,
      @Nullable InstanceRow instance,
      boolean busy,
      @Nullable Long lastAt,
      int partition) {}

  /// Reads what the store's own table has of an instance, and what must hold when it moves.
  static Glance glance(ResultSet row) throws SQLException {
    InstanceRow instance = instance(row);
    return new Glance(
        instance, instance, row.getLong(13), row.getLong(14), row.getString(15), row.getLong(16));
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
        row.getBoolean(12),
        row.getString(13));
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
        row.getString(9),
        InvocationRow.Status.valueOf(row.getString(10).toUpperCase(Locale.ROOT)),
        row.getString(11),
        row.getLong(12),
        row.getLong(13),
        row.getLong(14),
        parent(row),
        new Run(
            row.getInt(19),
            row.getInt(20),
            row.getLong(21),
            row.getLong(22),
            row.getBoolean(23),
            row.getString(24)),
        end(row));
  }

  private static @Nullable Parent parent(ResultSet row) throws SQLException {
    String invocation = row.getString(15);
    return invocation == null
        ? null
        : new Parent(invocation, row.getInt(16), row.getString(17), row.getString(18));
  }

  private static @Nullable End end(ResultSet row) throws SQLException {
    long at = row.getLong(25);
    return row.wasNull()
        ? null
        : new End(
            at,
            row.getLong(26),
            row.getString(27),
            row.getString(28),
            row.getString(29),
            row.getLong(30));
  }

  static StepRow step(ResultSet row) throws SQLException {
    return new StepRow(
        row.getString(1),
        row.getInt(2),
        row.getString(3),
        row.getInt(4),
        StepRow.Kind.valueOf(row.getString(5).toUpperCase(Locale.ROOT)),
        row.getString(6),
        StepRow.Status.valueOf(row.getString(7).toUpperCase(Locale.ROOT)),
        outgoing(row),
        row.getString(14),
        row.getString(15),
        row.getLong(16),
        optionalNumber(row, 17));
  }

  private static @Nullable Outgoing outgoing(ResultSet row) throws SQLException {
    String child = row.getString(8);
    return child == null
        ? null
        : new Outgoing(child, key(row, 9), row.getString(11), row.getString(12), row.getString(13));
  }

  static NodeRow node(ResultSet row) throws SQLException {
    return new NodeRow(
        row.getString(3), row.getString(4), row.getLong(5), row.getLong(6), row.getString(8));
  }

  static MachineRow machine(ResultSet row) throws SQLException {
    return new MachineRow(row.getString(1), row.getString(2), row.getString(3), row.getString(4));
  }

  static Key key(ResultSet row) throws SQLException {
    return key(row, 1);
  }

  private static Key key(ResultSet row, int column) throws SQLException {
    return new Key(row.getString(column), row.getString(column + 1));
  }

  private static @Nullable Long optionalNumber(ResultSet row, int column) throws SQLException {
    long number = row.getLong(column);
    return row.wasNull() ? null : number;
  }
}
