// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.sql.MoveColumns.Placed;
import dev.detent.store.MappedColumn.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Spells updates that hit a row only while it holds what was seen of it. They compare at least as
/// strictly as [Exactness]: what they take for another value is looked at again before anybody is
/// told so.
///
/// **Threads**: immutable.
sealed interface Guards {
  /// Returns an update.
  ///
  /// @param waits whether it waits for whoever has locked a row, and does not leave that out
  String update(MoveColumns columns, boolean waits);

  /// Returns what makes a text that PostgreSQL is given, or a whole number, comparable to a column.
  static String cast(FoundColumn column) {
    return switch (column.family()) {
      case "text", "varchar", "bpchar", "int2", "int4", "int8" -> "";
      case "enum" -> "::" + column.type();
      default -> "::" + column.family();
    };
  }

  /// Spells it for SQLite, one row at a time. What a column's collation would take for equal is
  /// not.
  record OfRows(Spelling spelling) implements Guards {
    @Override
    public String update(MoveColumns columns, boolean waits) {
      var sets = new ArrayList<String>();
      columns.set().forEach(c -> sets.add(spelling.quote(c.column().name()) + " = ?" + c.place()));
      if (columns.version() != null) {
        String version = spelling.quote(columns.version());
        sets.add(version + " = coalesce(" + version + ", 0) + 1");
      }
      Placed id = columns.id();
      var guards = new ArrayList<String>();
      guards.add(spelling.quote(id.column().name()) + " = ?" + id.place());
      if (id.kind() != Kind.LONG) {
        guards.add(same(id));
      }
      columns.seen().forEach(seen -> guards.add(same(seen)));
      return "update "
          + columns.table()
          + " set "
          + String.join(", ", sets)
          + " where "
          + String.join(" and ", guards);
    }

    private String same(Placed column) {
      return spelling.quote(column.column().name()) + " collate binary is ?" + column.place();
    }
  }

  /// Spells it for PostgreSQL, all rows at once. Locks do not stand in the way of rows elsewhere
  /// that refer to these.
  record OfArrays(Spelling spelling) implements Guards {
    @Override
    public String update(MoveColumns columns, boolean waits) {
      var sets = new ArrayList<String>();
      for (Placed set : columns.set()) {
        sets.add(spelling.quote(set.column().name()) + " = w.c" + set.place() + cast(set));
      }
      if (columns.version() != null) {
        String version = spelling.quote(columns.version());
        sets.add(version + " = coalesce(t." + version + ", 0) + 1");
      }
      String from = waits ? rows(columns.kinds()) + " as w" : locked(columns);
      String found = "t.ctid = w.place and " + id(columns.id(), "t", "w");
      String where = waits ? guards(columns, "t", "w") : found;
      return "update "
          + columns.table()
          + " as t set "
          + String.join(", ", sets)
          + " from "
          + from
          + (waits ? names(columns.kinds()) : "")
          + " where "
          + where;
    }

    /// What is locked is found again by its place, which is cheaper than by its id; the id tells
    /// apart rows of a table's partitions. A row that was changed in the very moment is missed.
    private String locked(MoveColumns columns) {
      return "(select v.*, x.ctid as place from "
          + rows(columns.kinds())
          + " as v"
          + names(columns.kinds())
          + " join "
          + columns.table()
          + " as x on "
          + guards(columns, "x", "v")
          + " for no key update of x skip locked) as w";
    }

    private static String rows(List<Kind> kinds) {
      return kinds.stream()
          .map(kind -> Column.Cell.isWhole(kind) ? "?::bigint[]" : "?::text[]")
          .collect(Collectors.joining(", ", "unnest(", ")"));
    }

    private static String names(List<Kind> kinds) {
      return IntStream.rangeClosed(1, kinds.size())
          .mapToObj(place -> "c" + place)
          .collect(Collectors.joining(", ", " (", ")"));
    }

    private String id(Placed id, String row, String given) {
      return column(id, row) + " = " + given + ".c" + id.place() + cast(id);
    }

    private String guards(MoveColumns columns, String row, String given) {
      var guards = new ArrayList<String>();
      guards.add(id(columns.id(), row, given));
      if (columns.id().kind() == Kind.TEXT) {
        guards.add(same(columns.id(), row, given));
      }
      columns.seen().forEach(seen -> guards.add(same(seen, row, given)));
      return String.join(" and ", guards);
    }

    /// Texts are compared byte by byte, whatever the column's collation takes for equal.
    private String same(Placed seen, String row, String given) {
      String family = seen.column().family();
      String value = given + ".c" + seen.place();
      boolean text = cast(seen).isEmpty() && !Column.Cell.isWhole(seen.kind());
      if (text || family.equals("enum") || family.equals("json")) {
        return column(seen, row)
            + "::text collate \"C\" is not distinct from "
            + value
            + " collate \"C\"";
      }
      return column(seen, row) + " is not distinct from " + value + cast(seen);
    }

    private String column(Placed column, String row) {
      return row + "." + spelling.quote(column.column().name());
    }

    private static String cast(Placed column) {
      return Guards.cast(column.column());
    }
  }
}
