// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.store.InstanceWrite;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Holds what a batch writes to tables of the user's: moves that carry what was seen of their rows,
/// and writes for which the rows must be read and compared.
///
/// **Threads**: one at a time.
final class MappedWrites {
  private final Map<Mapping, List<InstanceWrite>> all = new LinkedHashMap<>();
  private final Map<Mapping, List<InstanceWrite>> compared = new LinkedHashMap<>();
  private final Map<MappedMove, List<MappedMove.Cells>> moves = new LinkedHashMap<>();

  /// Adds a write.
  ///
  /// @param guarded whether it may carry what was seen
  void add(Mapping mapping, InstanceWrite write, boolean guarded) {
    all.computeIfAbsent(mapping, _ -> new ArrayList<>()).add(write);
    if (!guarded || !mapping.moves().add(write, moves)) {
      compared.computeIfAbsent(mapping, _ -> new ArrayList<>()).add(write);
    }
  }

  /// Tells whether there is something for which rows must be read and compared.
  boolean isCompared() {
    return !compared.isEmpty();
  }

  /// Returns the moves.
  ///
  /// @param waits whether they wait for whoever has locked a row, and do not leave that out
  List<Change<?>> moves(boolean waits) {
    var changes = new ArrayList<Change<?>>(moves.size());
    moves.forEach((move, rows) -> changes.add(move.change(rows, waits)));
    return changes;
  }

  /// Returns the moves of rows that have been locked since they were seen.
  List<Change<?>> heldMoves() {
    var changes = new ArrayList<Change<?>>(moves.size());
    moves.forEach((move, rows) -> changes.add(move.heldChange(rows)));
    return changes;
  }

  /// Writes what is no such move; partitions are locked.
  void writeRest(Session session) throws SQLException {
    write(session, compared);
  }

  /// Writes everything, comparing all rows, after a move has missed one.
  void writeCompared(Session session) throws SQLException {
    write(session, all);
    moves.keySet().forEach(MappedMove::missed); // they should not have: it is a matter of spelling
  }

  private static void write(Session session, Map<Mapping, List<InstanceWrite>> writes)
      throws SQLException {
    for (var each : writes.entrySet()) {
      each.getKey().write(session, each.getValue());
    }
  }
}
