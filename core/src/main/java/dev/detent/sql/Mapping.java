// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.store.InstanceWrite;
import dev.detent.store.MappedState;
import dev.detent.store.MappedTable;
import dev.detent.store.Seen;
import dev.detent.store.StoreException;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads and writes the instances of one machine as rows of a table of the user's.
///
/// **Guarantees**: what is written was decided on what the row still is when it is locked. Whoever
/// changed it meanwhile, by whatever SQL, is noticed.
///
/// **Threads**: immutable.
final class Mapping {
  private final MappedTable table;
  private final Spelling spelling;
  private final MappedRows rows;
  private final MappedWriter writer;
  private final MappedMoves moves;
  private final boolean rules;

  /// Makes one.
  ///
  /// @param found how the columns are declared
  /// @param rules whether the table may refuse what fits its columns
  Mapping(MappedTable table, Spelling spelling, List<FoundColumn> found, boolean rules) {
    this.rules = rules;
    this.table = table;
    this.spelling = spelling;
    var declared = new HashMap<String, FoundColumn>();
    found.forEach(column -> declared.put(column.name(), column));
    this.rows = new MappedRows(table, spelling, declared);
    this.writer = new MappedWriter(table, spelling, declared);
    this.moves = new MappedMoves(table, spelling, declared);
  }

  MappedTable table() {
    return table;
  }

  boolean hasRules() {
    return rules;
  }

  MappedRows rows() {
    return rows;
  }

  MappedWriter writer() {
    return writer;
  }

  MappedMoves moves() {
    return moves;
  }

  /// Returns the rows that exist among some keys, by key.
  Map<String, MappedRow> find(Session session, List<String> keys, boolean locks)
      throws SQLException {
    return rows.find(session, keys, locks ? spelling.locking(false) : "");
  }

  /// Writes instances, reading and comparing their rows; their partitions are locked.
  ///
  /// @throws StoreException FENCED if a row is not what was seen of it; LOCKED if somebody else has
  ///   locked it
  void write(Session session, List<InstanceWrite> writes) throws SQLException {
    Set<String> keys = new LinkedHashSet<>();
    for (InstanceWrite write : writes) {
      Seen seen = write.seen();
      if (seen == null || !seen.inserted()) {
        keys.add(write.row().key().key());
      }
    }
    Map<String, MappedRow> current = rows.find(session, keys, spelling.locking(true));
    for (InstanceWrite write : writes) {
      verify(session, write, current);
    }
    if (!writer.write(session, writes, current)) {
      throw fenced(writes.getFirst(), "changed while it was written");
    }
  }

  private void verify(Session session, InstanceWrite write, Map<String, MappedRow> current)
      throws SQLException {
    Seen seen = write.seen();
    if (seen == null || seen.inserted()) {
      return;
    }
    String key = write.row().key().key();
    MappedRow row = current.get(key);
    if (seen.state() == null) {
      if (row != null) {
        throw fenced(write, "there already");
      }
    } else if (row == null) {
      boolean locked = !rows.find(session, Set.of(key), "").isEmpty();
      throw locked ? locked(write) : fenced(write, "gone");
    } else if (!row.state().equals(seen.state())) {
      throw fenced(write, "in state " + row.state());
    } else if (!same(row, seen)) {
      throw fenced(write, "changed");
    }
  }

  /// Compares texts first: what was read from the row is spelled the same. What was decided ahead
  /// may differ in the spelling only.
  private boolean same(MappedRow row, Seen seen) throws SQLException {
    MappedState mapped = table.states().get(row.state());
    if (mapped == null || row.data().equals(seen.data())) {
      return true;
    }
    @Nullable Object[] values = MappedWriter.split(mapped, seen.data());
    for (int i = 0; i < values.length; i++) {
      var column = mapped.columns().get(i);
      if (!Exactness.same(column.kind(), values[i], row.values().get(column.name()))) {
        return false;
      }
    }
    return true;
  }

  private StoreException fenced(InstanceWrite write, String got) {
    return StoreException.changed(
        write.row().key(),
        "%s: expected the row of table %s as it was seen, got it %s; nothing was written; decide"
                .formatted(write.row().key(), table.name(), got)
            + " again");
  }

  private StoreException locked(InstanceWrite write) {
    return StoreException.locked(
        Set.of(write.row().partition()),
        "%s: expected the row of table %s to be free, got it locked; nothing was written"
            .formatted(write.row().key(), table.name()));
  }
}
