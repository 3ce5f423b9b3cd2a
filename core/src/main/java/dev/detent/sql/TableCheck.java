// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.DetentException;
import dev.detent.ErrorCode;
import dev.detent.Problem;
import dev.detent.store.MappedColumn;
import dev.detent.store.MappedColumn.Kind;
import dev.detent.store.MappedState;
import dev.detent.store.MappedTable;
import dev.detent.store.MappedTable.Ids;
import dev.detent.store.MappedTable.Stamps;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Compares a table of the user's with what a mapping needs, and says in words all that differs.
final class TableCheck {
  private final MappedTable table;
  private final Spelling spelling;
  private final Map<String, FoundColumn> found = new LinkedHashMap<>();
  private final List<String> differences = new ArrayList<>();

  TableCheck(MappedTable table, Spelling spelling, List<FoundColumn> columns) {
    this.table = table;
    this.spelling = spelling;
    columns.forEach(column -> found.put(column.name(), column));
  }

  /// Returns all that differs; nothing if the table fits.
  List<String> differences() {
    compare();
    return differences.stream().map(text -> "table " + table.name() + ": " + text).toList();
  }

  /// Refuses tables that do not fit.
  ///
  /// @param machines the names of their machines, at least one
  /// @param differences all that differs
  static DetentException refused(List<String> machines, List<String> differences) {
    int count = differences.size();
    return Problem.of(
            ErrorCode.INVALID_DEFINITION,
            (machines.size() == 1 ? "machine " : "machines ")
                + String.join(", ", machines)
                + ": expected tables that fit, got "
                + (count == 1 ? "a difference: " : count + " differences: ")
                + String.join("; ", differences))
        .with("machine", machines.getFirst())
        .with("problems", differences)
        .exception();
  }

  private void compare() {
    if (found.isEmpty()) {
      differences.add("expected it, got no such table; create it");
      return;
    }
    id();
    fits(table.state(), Kind.TEXT);
    state();
    Stamps stamps = table.stamps();
    fits(stamps.version(), Kind.INT);
    fits(stamps.createdAt(), Kind.INSTANT);
    fits(stamps.updatedAt(), Kind.INSTANT);
    fits(stamps.enteredAt(), Kind.INSTANT);
    for (MappedColumn column : table.columns().values()) {
      if (!stamps().contains(column.name())) {
        fits(column.name(), column.kind());
      }
    }
    unwritten();
  }

  private void id() {
    Kind kind = table.ids().kind();
    FoundColumn column = fits(table.id(), kind == Kind.LONG ? Kind.INT : kind);
    if (column == null) {
      return;
    }
    if (column.family().equals("bpchar")) {
      differences.add(label(column) + ": expected text or varchar for ids, got " + column.type());
    }
    if (!column.key()) {
      differences.add(
          label(column) + ": expected it to be the primary key, or unique, got neither");
    }
    if (table.ids() == Ids.DATABASE && !column.filled()) {
      differences.add(
          label(column) + ": expected the database to make ids, got no identity or default");
    }
  }

  private void state() {
    FoundColumn column = found.get(table.state());
    int longest = table.states().keySet().stream().mapToInt(String::length).max().orElse(0);
    if (column != null && column.size() > 0 && column.size() < longest) {
      differences.add(
          label(column) + ": expected room for " + longest + " characters, got " + column.type());
    }
  }

  private @Nullable FoundColumn fits(@Nullable String name, Kind kind) {
    if (name == null) {
      return null;
    }
    FoundColumn column = found.get(name);
    if (column == null) {
      differences.add(
          "column " + name + ": expected " + spelling.type(kind) + ", got no such column");
      return null;
    }
    String expected = spelling.misfit(kind, column);
    if (expected != null) {
      differences.add(label(column) + ": expected " + expected + ", got " + type(column));
    }
    return column;
  }

  private static String type(FoundColumn column) {
    return column.type().isEmpty() ? "no type" : column.type();
  }

  private static String label(FoundColumn column) {
    return "column " + column.name();
  }

  private Set<String> stamps() {
    var columns = new HashSet<String>();
    Stamps stamps = table.stamps();
    for (String column :
        new @Nullable String[] {
          stamps.version(), stamps.createdAt(), stamps.updatedAt(), stamps.enteredAt()
        }) {
      if (column != null) {
        columns.add(column);
      }
    }
    return columns;
  }

  /// Looks for columns that must have a value and get none when a row is created.
  private void unwritten() {
    Set<String> always = stamps();
    always.add(table.id());
    always.add(table.state());
    for (String state : table.creating()) {
      MappedState mapped = table.states().get(state);
      if (mapped == null) {
        continue;
      }
      var written = new HashSet<>(always);
      mapped.columns().forEach(column -> written.add(column.name()));
      for (FoundColumn column : found.values()) {
        if (!column.nullable() && !column.filled() && !written.contains(column.name())) {
          differences.add(
              label(column)
                  + ": expected it to be nullable or to have a default, since entering "
                  + state
                  + " does not write it, got not null");
        }
      }
    }
  }
}
