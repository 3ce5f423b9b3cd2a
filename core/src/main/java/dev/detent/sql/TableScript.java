// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.store.MappedColumn;
import dev.detent.store.MappedColumn.Kind;
import dev.detent.store.MappedTable;
import dev.detent.store.MappedTable.Stamps;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Writes the script that makes a table for a mapping. It has no index by state: that would be
/// written with every move.
final class TableScript {
  private final MappedTable table;
  private final Spelling spelling;
  private final List<String> lines = new ArrayList<>();
  private final Set<String> written = new HashSet<>();

  TableScript(MappedTable table, Spelling spelling) {
    this.table = table;
    this.spelling = spelling;
  }

  /// Returns the script; each statement ends in a semicolon.
  String write() {
    add(table.id(), spelling.idColumn(table.ids()));
    add(table.state(), spelling.stateType() + " not null");
    Stamps stamps = table.stamps();
    add(stamps.version(), spelling.type(Kind.LONG) + " not null");
    add(stamps.createdAt(), spelling.type(Kind.INSTANT) + " not null");
    add(stamps.updatedAt(), spelling.type(Kind.INSTANT) + " not null");
    add(stamps.enteredAt(), spelling.type(Kind.INSTANT) + " not null");
    for (MappedColumn column : table.columns().values()) {
      add(column.name(), spelling.type(column.kind()));
    }
    return "-- No index on "
        + spelling.quote(table.state())
        + ": each move would write to it. Add one if you ask by it a lot.\n"
        + "create table "
        + spelling.quoteTable(table.name())
        + " (\n  "
        + String.join(",\n  ", lines)
        + "\n)"
        + spelling.tableOptions()
        + ";\n";
  }

  private void add(@Nullable String column, String declaration) {
    if (column != null && written.add(column)) {
      lines.add(spelling.quote(column) + " " + declaration);
    }
  }
}
