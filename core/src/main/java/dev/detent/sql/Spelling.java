// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.store.MappedColumn.Kind;
import dev.detent.store.MappedTable;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Spells what Detent says about tables of the user's, whose names no file can know.
///
/// **Threads**: immutable.
sealed interface Spelling permits SqliteSpelling, PostgresSpelling, MariadbSpelling {
  /// Returns a name of a column or table as it stands in SQL.
  String quote(String name);

  /// Returns a column as it is selected.
  default String shown(FoundColumn column) {
    return quote(column.name());
  }

  /// Returns what is added to a select that locks the rows which it returns.
  ///
  /// @param skips whether rows that somebody else has locked are left out, not waited for
  String locking(boolean skips);

  /// Returns how updates carry what was seen of their rows, or null if they can't here.
  default @Nullable Guards guards() {
    return null;
  }

  /// Binds a value that is not null.
  void bind(PreparedStatement statement, int index, Kind kind, Object value) throws SQLException;

  /// Binds null.
  void bindNull(PreparedStatement statement, int index, Kind kind) throws SQLException;

  /// Reads a value, or null.
  ///
  /// @throws SQLException if it can't be what the kind says
  @Nullable Object read(ResultSet row, int index, Kind kind) throws SQLException;

  /// Returns the columns of a table in their order; none if there is no such table.
  List<FoundColumn> columns(Session session, String table) throws SQLException;

  /// Tells whether a table has rules of its own, by which the database may refuse an update that
  /// fits its columns.
  default boolean hasRules(Session session, String table) throws SQLException {
    return true;
  }

  /// Returns which types a column may have, in words, or null if it has one of them.
  @Nullable String misfit(Kind kind, FoundColumn column);

  /// Returns the type of a new column.
  String type(Kind kind);

  /// Returns the declaration of a new column for ids, without its name.
  String idColumn(MappedTable.Ids ids);

  /// Returns the type of a new column for names of states.
  String stateType();

  /// Returns what stands after the columns of a new table whose rows are changed a lot.
  default String tableOptions() {
    return "";
  }

  /// Returns the schema and the table of a name; the schema is empty if it has none.
  static String[] parts(String table) {
    int dot = table.lastIndexOf('.');
    return dot < 0
        ? new String[] {"", table}
        : new String[] {table.substring(0, dot), table.substring(dot + 1)};
  }

  /// Returns a table's name as it stands in SQL.
  default String quoteTable(String table) {
    String[] parts = parts(table);
    return parts[0].isEmpty() ? quote(parts[1]) : quote(parts[0]) + "." + quote(parts[1]);
  }

  /// Returns a name in double quotes.
  static String inQuotes(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  /// Refuses text with U+0000, as everywhere.
  static String requireText(Object value) throws SQLException {
    String text = (String) value;
    if (text.indexOf(0) >= 0) {
      throw new java.sql.SQLDataException("text has the character U+0000", "22021");
    }
    return text;
  }
}
