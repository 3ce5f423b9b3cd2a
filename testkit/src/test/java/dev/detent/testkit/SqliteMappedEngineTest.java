// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import dev.detent.sql.SqlStore;
import dev.detent.store.Store;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

class SqliteMappedEngineTest extends MappedEngineTrial {
  @TempDir private Path folder;

  @Override
  Store open() {
    return SqlStore.sqlite(folder.resolve("db.sqlite")).partitions(PARTITIONS).open();
  }

  @Override
  Connection connect() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("db.sqlite"));
  }

  @Override
  void closeSource() {}

  @Override
  String dialect() {
    return "sqlite";
  }

  @Override
  List<String> meddling() {
    return List.of(
        "create trigger meddling after update on purses begin"
            + " update purses set amount = amount + 100 where id = new.id; end");
  }
}
