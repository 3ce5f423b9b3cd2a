// SPDX-License-Identifier: Apache-2.0
package dev.detent.server;

import dev.detent.machine.Machine;
import dev.detent.sql.SqlStore;
import dev.detent.store.MappedTable;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;

/// Makes the tables of mapped machines where there are none. One that is there is left as it is:
/// the engine compares it with what the machine needs.
final class MissingTables {
  /// Connects to the database of a store.
  interface Source {
    /// Opens a connection.
    Connection connect() throws SQLException;
  }

  private MissingTables() {}

  /// Makes them.
  ///
  /// @param dialect one of the dialects of `detent schema`
  /// @param machines machines that are mapped
  static void make(Source source, String dialect, List<Machine> machines) throws SQLException {
    for (Machine machine : machines) {
      make(source, dialect, Objects.requireNonNull(machine.table(), machine.name()));
    }
  }

  private static void make(Source source, String dialect, MappedTable table) throws SQLException {
    try (Connection connection = source.connect()) {
      if (exists(connection, table)) {
        return;
      }
      try {
        run(connection, SqlStore.ddl(dialect, table));
      } catch (SQLException e) {
        if (!exists(connection, table)) { // else another node was faster
          throw e;
        }
      }
    }
  }

  private static void run(Connection connection, String script) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String each : script.split(";\n", -1)) {
        if (!each.isBlank()) {
          statement.execute(each);
        }
      }
    }
  }

  private static boolean exists(Connection connection, MappedTable table) throws SQLException {
    try (ResultSet found =
        connection
            .getMetaData()
            .getTables(
                connection.getCatalog(),
                connection.getSchema(),
                table.name(),
                new String[] {"TABLE"})) {
      return found.next();
    }
  }
}
