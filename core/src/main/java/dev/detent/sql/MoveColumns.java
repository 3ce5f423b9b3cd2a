// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.store.MappedColumn.Kind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Says which columns of a table of the user's a move sets, and by which it knows the row.
///
/// @param table the table, as it stands in SQL
/// @param version the column that is raised by one, or null
/// @param set what is set
/// @param id the id
/// @param seen what the row must hold, the state first
/// @param kinds what the parameters are, in their order
record MoveColumns(
    String table,
    @Nullable String version,
    List<Placed> set,
    Placed id,
    List<Placed> seen,
    List<Kind> kinds) {
  /// Names a column and the parameter that belongs to it.
  ///
  /// @param column the column
  /// @param kind what it holds
  /// @param place the parameter, from 1
  record Placed(FoundColumn column, Kind kind, int place) {}
}
