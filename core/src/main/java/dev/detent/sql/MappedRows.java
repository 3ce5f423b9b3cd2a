// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.DetentException;
import dev.detent.store.MappedColumn;
import dev.detent.store.MappedColumn.Kind;
import dev.detent.store.MappedState;
import dev.detent.store.MappedTable;
import dev.detent.store.MappedTable.Stamps;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Reads rows of one table of the user's.
///
/// **Threads**: immutable.
final class MappedRows {
  private static final int ASKED_MAX = 256;

  private final MappedTable table;
  private final Spelling spelling;
  private final List<MappedColumn> columns = new ArrayList<>();
  private final Map<String, Integer> places = new HashMap<>();
  private final String select;
  private final String peek;
  private final String seek;
  private final Shape<Object> ids;
  private final String id;
  private final String state;
  private final String name;
  private final String shownState;

  MappedRows(MappedTable table, Spelling spelling, Map<String, FoundColumn> declared) {
    this.table = table;
    this.spelling = spelling;
    this.id = spelling.quote(table.id());
    this.state = spelling.quote(table.state());
    this.name = spelling.quoteTable(table.name());
    columns.add(new MappedColumn(table.id(), table.ids().kind()));
    columns.add(new MappedColumn(table.state(), Kind.TEXT));
    Stamps stamps = table.stamps();
    add(stamps.version(), Kind.LONG);
    add(stamps.createdAt(), Kind.INSTANT);
    add(stamps.updatedAt(), Kind.INSTANT);
    add(stamps.enteredAt(), Kind.INSTANT);
    table.columns().values().stream().filter(c -> !known(c.name())).forEach(columns::add);
    for (MappedColumn column : columns) {
      places.put(column.name(), places.size() + 1);
    }
    List<String> shown = columns.stream().map(c -> shown(declared, c.name())).toList();
    this.select = "select " + String.join(", ", shown) + " from " + name;
    this.shownState = shown(declared, table.state());
    FoundColumn declaredId = declared(declared, table.id());
    this.peek = select + " where " + id + " = ?" + Guards.cast(declaredId);
    this.seek = peek + spelling.locking(false);
    this.ids = Shape.empty().cell(known -> known, table.ids().kind(), spelling);
  }

  private String shown(Map<String, FoundColumn> declared, String column) {
    return spelling.shown(declared(declared, column));
  }

  private static FoundColumn declared(Map<String, FoundColumn> declared, String column) {
    return Objects.requireNonNull(declared.get(column), column);
  }

  private void add(@Nullable String column, Kind kind) {
    if (column != null && !known(column)) {
      columns.add(new MappedColumn(column, kind));
    }
  }

  private boolean known(String column) {
    return columns.stream().anyMatch(c -> c.name().equals(column));
  }

  MappedTable table() {
    return table;
  }

  /// Returns the rows that exist among some keys, by key.
  ///
  /// @param suffix what locks them, or an empty text
  Map<String, MappedRow> find(Session session, Collection<String> keys, String suffix)
      throws SQLException {
    var ids = new ArrayList<Object>();
    for (String key : keys) {
      Object known = table.id(key);
      if (known != null) {
        ids.add(known);
      }
    }
    var found = new HashMap<String, MappedRow>();
    for (int from = 0; from < ids.size(); from += ASKED_MAX) {
      List<Object> some = ids.subList(from, Math.min(ids.size(), from + ASKED_MAX));
      find(session, some, suffix, found);
    }
    found.keySet().retainAll(keys); // the database may hold other texts for equal
    return found;
  }

  private void find(Session session, List<Object> ids, String suffix, Map<String, MappedRow> found)
      throws SQLException {
    int places = Integer.highestOneBit(2 * ids.size() - 1); // few statements, not one per count
    String marks = "?" + ", ?".repeat(places - 1);
    String text = select + " where " + id + " in (" + marks + ")";
    // Locks are taken in the order of ids, as everywhere.
    String ordered = suffix.isEmpty() ? text : text + " order by " + id + suffix;
    PreparedStatement statement = session.kept(ordered);
    for (int i = 0; i < places; i++) {
      spelling.bind(statement, i + 1, table.ids().kind(), ids.get(Math.min(i, ids.size() - 1)));
    }
    var rows = new ArrayList<MappedRow>();
    Session.collect(statement, this::read, rows);
    rows.forEach(row -> found.put(row.key(), row));
  }

  /// Returns the question for one row, which does not lock it.
  Question<Object, MappedRow> peek(Object wanted) {
    return new Question<>("peek", peek, ids, List.of(wanted), this::read, new ArrayList<>());
  }

  /// Returns the question for one row, which locks it.
  Question<Object, MappedRow> seek(Object wanted) {
    return new Question<>("seek", seek, ids, List.of(wanted), this::read, new ArrayList<>());
  }

  /// Returns rows in the order of their ids.
  ///
  /// @param in only those in this state, or null for all
  /// @param after only those after this key, or null for all
  List<MappedRow> page(Session session, @Nullable String in, @Nullable String after, int limit)
      throws SQLException {
    Object above = after == null ? null : table.id(after);
    if (after != null && above == null) {
      return List.of();
    }
    String where = in == null ? "" : " where " + state + " = ?";
    if (above != null) {
      where += (in == null ? " where " : " and ") + id + " > ?";
    }
    PreparedStatement statement =
        session.kept(select + where + " order by " + id + " limit " + limit);
    int index = 1;
    if (in != null) {
      spelling.bind(statement, index++, Kind.TEXT, in);
    }
    if (above != null) {
      spelling.bind(statement, index, table.ids().kind(), above);
    }
    var rows = new ArrayList<MappedRow>();
    Session.collect(statement, this::read, rows);
    return rows;
  }

  /// Returns how many rows are in each state.
  Map<String, Long> counts(Session session) throws SQLException {
    PreparedStatement statement =
        session.kept("select " + shownState + ", count(*) from " + name + " group by 1 order by 1");
    var counts = new LinkedHashMap<String, Long>();
    Session.collect(
        statement,
        row -> counts.merge(text(row.getString(1)), row.getLong(2), Long::sum),
        new ArrayList<>());
    return counts;
  }

  private static String text(@Nullable String state) {
    return state == null ? "" : state;
  }

  private MappedRow read(ResultSet row) throws SQLException {
    Object key = spelling.read(row, 1, table.ids().kind());
    if (key == null) {
      throw new java.sql.SQLDataException("expected an id, got null", "22004");
    }
    String current = text(row.getString(2));
    var values = new LinkedHashMap<String, @Nullable Object>();
    MappedState mapped = table.states().get(current);
    String data = mapped == null ? "{}" : data(row, mapped, values);
    Stamps stamps = table.stamps();
    return new MappedRow(
        key.toString(),
        key,
        current,
        (Long) stamp(row, stamps.version(), Kind.LONG),
        (Instant) stamp(row, stamps.createdAt(), Kind.INSTANT),
        (Instant) stamp(row, stamps.updatedAt(), Kind.INSTANT),
        (Instant) stamp(row, stamps.enteredAt(), Kind.INSTANT),
        values,
        data);
  }

  private String data(ResultSet row, MappedState mapped, Map<String, @Nullable Object> values)
      throws SQLException {
    @Nullable Object[] parts = new @Nullable Object[mapped.columns().size()];
    for (int i = 0; i < parts.length; i++) {
      MappedColumn column = mapped.columns().get(i);
      parts[i] = value(row, place(column.name()), column.kind());
      values.put(column.name(), parts[i]);
    }
    try {
      return mapped.join(parts);
    } catch (DetentException e) {
      throw new java.sql.SQLDataException(e.getMessage(), "22018", e);
    }
  }

  /// Reads a value; what somebody wrote there that is none of the kind comes as its text, so that
  /// it spoils nobody's row but its own.
  private @Nullable Object value(ResultSet row, int index, Kind kind) throws SQLException {
    try {
      return spelling.read(row, index, kind);
    } catch (SQLException e) {
      String sqlState = e.getSQLState();
      if (sqlState == null || !sqlState.startsWith("22")) {
        throw e;
      }
      return row.getString(index);
    }
  }

  private @Nullable Object stamp(ResultSet row, @Nullable String column, Kind kind)
      throws SQLException {
    Object found = column == null ? null : value(row, place(column), kind);
    return found instanceof String ? null : found;
  }

  private int place(String column) {
    Integer place = places.get(column);
    if (place == null) {
      throw new IllegalStateException("column " + column + ": expected it to be selected");
    }
    return place;
  }
}
