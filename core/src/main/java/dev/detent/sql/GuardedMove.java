// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.store.EventRow;
import dev.detent.store.Glance;
import dev.detent.store.InstanceRow;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/// Holds a move that is written by one statement, as far as what it was decided on still holds.
///
/// @param seen what it was decided on
/// @param row the instance afterwards, as the store's own table is to have it
/// @param event its event; the statement finds its offset
record GuardedMove(Glance seen, InstanceRow row, EventRow event) {
  private static final Shape<GuardedMove> INSTANCE =
      Shape.<GuardedMove>empty()
          .number(m -> m.event.at())
          .number(m -> m.row.partition())
          .number(m -> m.seen.epoch())
          .text(m -> m.seen.ownerBatch())
          .number(m -> m.event.at())
          .text(m -> m.row.state())
          .text(m -> m.row.data())
          .number(m -> m.row.version())
          .text(m -> m.row.definition())
          .number(m -> m.row.updatedAt())
          .number(m -> m.row.enteredAt())
          .text(m -> m.row.key().machine())
          .text(m -> m.row.key().key())
          .number(m -> m.seen.stored().version());

  private static final Shape<GuardedMove> NOTHING = Shape.empty();

  private static final Shape<GuardedMove> EVENT =
      Shape.<GuardedMove>empty()
          .number(m -> m.row.partition())
          .text(m -> m.row.key().machine())
          .text(m -> m.row.key().key())
          .number(m -> m.event.version())
          .text(m -> m.event.command())
          .text(m -> m.event.from())
          .text(m -> m.event.to())
          .text(m -> m.event.input())
          .number(m -> m.event.at())
          .text(m -> m.event.cause())
          .flag(m -> m.event.forced())
          .text(m -> m.event.metadata())
          .number(m -> m.seen.previous());

  /// Returns the parts of the statement of an instance that is not mapped.
  List<Change<?>> parts() {
    return parts(new Change<>("joined-move-alone", NOTHING, List.of(this), false));
  }

  /// Returns the parts of the statement.
  ///
  /// @param row the part that writes the row of the user's table
  List<Change<?>> parts(Change<?> row) {
    return List.of(
        new Change<>("joined-move", INSTANCE, List.of(this), false),
        row,
        new Change<>("joined-move-event", EVENT, List.of(this), false));
  }

  /// Reads what the statement did.
  static Hit hit(ResultSet row) throws SQLException {
    return new Hit(row.getLong(1), row.getLong(2) > 0, row.getLong(3) > 0);
  }

  /// Says what a statement did that has moved the partition on.
  ///
  /// @param offset the offset of the event
  /// @param instance whether it moved the instance
  /// @param whole whether it did everything
  record Hit(long offset, boolean instance, boolean whole) {}
}
