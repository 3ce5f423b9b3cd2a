// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import dev.detent.sql.SqlStore;
import dev.detent.store.Store;
import dev.detent.testkit.MappedThings.Thing;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

class SqliteTableTest extends TableContract {
  @TempDir private Path folder;

  @Override
  protected Store open() {
    return SqlStore.sqlite(file()).partitions(PARTITIONS).open();
  }

  private Path file() {
    return folder.resolve("db.sqlite");
  }

  @Override
  protected Connection connect() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + file());
  }

  @Override
  protected String dialect() {
    return "sqlite";
  }

  @Override
  protected String quoted(String name) {
    return '"' + name + '"';
  }

  @Override
  protected Map<Object, String> cutting() {
    return Map.of(plain(Double.NaN), "expected a number, got NaN");
  }

  static Thing plain(double fine) {
    return new Thing.Plain(
        (byte) 0,
        (short) 0,
        0,
        0L,
        java.math.BigInteger.ONE,
        null,
        0,
        fine,
        true,
        'a',
        "",
        MappedThings.Colour.RED,
        java.time.Duration.ZERO);
  }
}
