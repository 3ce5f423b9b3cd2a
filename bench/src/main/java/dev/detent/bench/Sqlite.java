// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

import dev.detent.sql.SqlStore;
import dev.detent.store.Store;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/// Uses files of SQLite.
///
/// @param folder where the files are
record Sqlite(Path folder) implements Database {
  /// What the engine's store says to each connection.
  private static final List<String> SESSION =
      List.of(
          "pragma journal_mode = wal",
          "pragma synchronous = full",
          "pragma busy_timeout = 5000",
          "pragma cache_size = -32768",
          "pragma mmap_size = 0",
          "pragma temp_store = memory",
          "pragma wal_autocheckpoint = 16000",
          "pragma journal_size_limit = 67108864");

  @Override
  public String dialect() {
    return "sqlite";
  }

  @Override
  public String facts() throws SQLException {
    try (Connection connection = connect("facts");
        Statement statement = connection.createStatement()) {
      return "SQLite %s, journal_mode %s, synchronous %s"
          .formatted(
              one(statement, "select sqlite_version()"),
              one(statement, "pragma journal_mode"),
              one(statement, "pragma synchronous").equals("2") ? "full" : "NOT FULL");
    }
  }

  @Override
  public Connection connect(String room) throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file(room));
    try (Statement statement = connection.createStatement()) {
      for (String pragma : SESSION) {
        statement.execute(pragma);
      }
    }
    return connection;
  }

  @Override
  public Store open(String room) {
    return SqlStore.sqlite(file(room)).open();
  }

  @Override
  public String url(String room) {
    return "sqlite:" + file(room);
  }

  @Override
  public void close() {}

  private Path file(String room) {
    return folder.resolve(room + ".db");
  }

  static String one(Statement statement, String query) throws SQLException {
    try (ResultSet rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getString(1);
    }
  }
}
