// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.DetentException;
import dev.detent.store.InstanceRow;
import dev.detent.store.InstanceWrite;
import dev.detent.store.MappedColumn;
import dev.detent.store.MappedColumn.Kind;
import dev.detent.store.MappedState;
import dev.detent.store.MappedTable;
import dev.detent.store.MappedTable.Ids;
import dev.detent.store.MappedTable.Stamps;
import dev.detent.store.Seen;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Writes rows of one table of the user's: the columns of the states that were entered, the state,
/// and the times; nothing else.
///
/// **Threads**: immutable.
final class MappedWriter {
  private final MappedTable table;
  private final Spelling spelling;
  private final Map<String, FoundColumn> found;
  private final String name;

  /// Makes one.
  ///
  /// @param found how the columns are declared
  MappedWriter(MappedTable table, Spelling spelling, Map<String, FoundColumn> found) {
    this.table = table;
    this.spelling = spelling;
    this.found = found;
    this.name = spelling.quoteTable(table.name());
  }

  /// Holds a value and what it is.
  private record Bound(Kind kind, @Nullable Object value) {}

  /// Writes rows.
  ///
  /// @param current the rows as they are, by key, all of them locked
  /// @return whether each write hit its row
  boolean write(Session session, List<InstanceWrite> writes, Map<String, MappedRow> current)
      throws SQLException {
    var batches = new LinkedHashMap<String, PreparedStatement>();
    for (InstanceWrite write : writes) {
      Seen seen = write.seen();
      if (seen == null || !seen.inserted()) {
        MappedRow row = current.get(write.row().key().key());
        add(session, batches, write, row);
      }
    }
    boolean whole = true;
    for (PreparedStatement statement : batches.values()) {
      for (int hit : statement.executeBatch()) {
        whole &= hit == 1 || hit == Statement.SUCCESS_NO_INFO;
      }
    }
    return whole;
  }

  private void add(
      Session session,
      Map<String, PreparedStatement> batches,
      InstanceWrite write,
      @Nullable MappedRow row)
      throws SQLException {
    Map<String, Bound> values = values(write.row(), write.seen(), row == null);
    String text = row == null ? insert(values) : update(values, row);
    PreparedStatement statement = batches.get(text);
    if (statement == null) {
      statement = session.kept(text);
      statement.clearBatch(); // what a failed commit left
      batches.put(text, statement);
    }
    int index = bind(statement, values);
    if (row != null) {
      bindGuard(statement, index, row);
    }
    statement.addBatch();
  }

  /// Inserts a row whose id the database makes.
  ///
  /// @return the id
  long insert(Session session, InstanceRow draft) throws SQLException {
    Map<String, Bound> values = values(draft, null, true);
    values.remove(table.id());
    String text = insert(values) + " returning " + spelling.quote(table.id());
    try (PreparedStatement statement = session.prepare(text)) {
      bind(statement, values);
      try (ResultSet made = statement.executeQuery()) {
        made.next();
        return made.getLong(1);
      }
    }
  }

  private Map<String, Bound> values(InstanceRow row, @Nullable Seen seen, boolean creates)
      throws SQLException {
    var values = new LinkedHashMap<String, Bound>();
    Stamps stamps = table.stamps();
    if (seen != null) {
      for (Seen.Entered passed : seen.passed()) {
        addColumns(values, passed.state(), passed.data());
      }
      values.remove(stamps.updatedAt());
      values.remove(stamps.enteredAt());
    }
    addColumns(values, row.state(), row.data());
    values.put(table.state(), new Bound(Kind.TEXT, row.state()));
    addTime(values, stamps.updatedAt(), row.updatedAt());
    addTime(values, stamps.enteredAt(), row.enteredAt());
    if (creates) {
      addTime(values, stamps.createdAt(), row.createdAt());
      if (stamps.version() != null) {
        values.put(stamps.version(), new Bound(Kind.LONG, 1L));
      }
      values.put(table.id(), new Bound(table.ids().kind(), id(row)));
    }
    return values;
  }

  private @Nullable Object id(InstanceRow row) throws SQLException {
    if (table.ids() == Ids.DATABASE) {
      return null; // known when it is inserted
    }
    Object id = table.id(row.key().key());
    if (id == null) {
      throw new SQLDataException(
          "expected a key that is %s, got '%s'".formatted(table.ids().words(), row.key().key()),
          "22018");
    }
    return id;
  }

  private void addColumns(Map<String, Bound> values, String state, String data)
      throws SQLException {
    MappedState mapped = table.states().get(state);
    if (mapped == null) {
      throw new SQLDataException("expected a state of the machine, got '" + state + "'", "22018");
    }
    @Nullable Object[] parts = split(mapped, data);
    for (int i = 0; i < parts.length; i++) {
      MappedColumn column = mapped.columns().get(i);
      Object part = parts[i];
      if (part != null) {
        Exactness.require(column(column.name()), column.kind(), part);
      }
      values.put(column.name(), new Bound(column.kind(), part));
    }
  }

  static @Nullable Object[] split(MappedState mapped, String data) throws SQLException {
    try {
      return mapped.split(data);
    } catch (DetentException e) {
      throw new SQLDataException(e.getMessage(), "22018", e);
    }
  }

  private void addTime(Map<String, Bound> values, @Nullable String column, long epochMs) {
    if (column != null && !values.containsKey(column)) {
      values.put(column, new Bound(Kind.INSTANT, Exactness.rounded(column(column), epochMs)));
    }
  }

  private FoundColumn column(String column) {
    FoundColumn declared = found.get(column);
    if (declared == null) {
      throw new IllegalStateException("column " + column + ": expected it to be checked, got not");
    }
    return declared;
  }

  private String insert(Map<String, Bound> values) throws SQLException {
    if (table.ids() == Ids.DATABASE && values.containsKey(table.id())) {
      throw new SQLDataException(
          "table "
              + table.name()
              + ": expected an id that the database makes, got a given one;"
              + " create it in a transaction of yours",
          "22018");
    }
    String columns =
        values.keySet().stream().map(spelling::quote).collect(Collectors.joining(", "));
    String marks = String.join(", ", Collections.nCopies(values.size(), "?"));
    return "insert into " + name + " (" + columns + ") values (" + marks + ")";
  }

  private String update(Map<String, Bound> values, MappedRow row) {
    var sets = new ArrayList<String>();
    values.keySet().forEach(column -> sets.add(spelling.quote(column) + " = ?"));
    String guard =
        spelling.quote(table.id()) + " = ? and " + spelling.quote(table.state()) + " = ?";
    String version = table.stamps().version();
    if (version != null) {
      String quoted = spelling.quote(version);
      sets.add(quoted + " = coalesce(" + quoted + ", 0) + 1");
      guard += " and " + quoted + (row.version() == null ? " is null" : " = ?");
    }
    return "update " + name + " set " + String.join(", ", sets) + " where " + guard;
  }

  private int bind(PreparedStatement statement, Map<String, Bound> values) throws SQLException {
    int index = 1;
    for (Bound bound : values.values()) {
      Object value = bound.value();
      if (value == null) {
        spelling.bindNull(statement, index++, bound.kind());
      } else {
        spelling.bind(statement, index++, bound.kind(), value);
      }
    }
    return index;
  }

  private void bindGuard(PreparedStatement statement, int first, MappedRow row)
      throws SQLException {
    spelling.bind(statement, first, table.ids().kind(), row.id());
    spelling.bind(statement, first + 1, Kind.TEXT, row.state());
    Long version = row.version();
    if (table.stamps().version() != null && version != null) {
      spelling.bind(statement, first + 2, Kind.LONG, version);
    }
  }
}
