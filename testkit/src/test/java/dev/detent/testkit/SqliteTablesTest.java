// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import dev.detent.sql.SqlStore;
import dev.detent.store.Store;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.io.TempDir;

class SqliteTablesTest extends TablesTrial {
  @TempDir private Path folder;

  @Override
  Store open() {
    return SqlStore.sqlite(folder.resolve("db.sqlite")).partitions(4).open();
  }

  @Override
  Connection connect() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:sqlite:"
            + folder.resolve("db.sqlite")
            + "?transaction_mode=IMMEDIATE&busy_timeout=20000");
  }

  @Override
  void closeSource() {}

  @Override
  String dialect() {
    return "sqlite";
  }
}
