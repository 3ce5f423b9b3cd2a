// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import com.zaxxer.hikari.HikariDataSource;
import dev.detent.sql.SqlStore;
import dev.detent.store.Store;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

class MariadbMappedEngineTest extends MappedEngineTrial {
  private final HikariDataSource pool = new HikariDataSource();

  {
    pool.setJdbcUrl(LocalMariadb.freshUrl());
    pool.setMaximumPoolSize(8);
    pool.setMinimumIdle(0);
  }

  @Override
  void closeSource() {
    pool.close();
  }

  @Override
  Store open() {
    return SqlStore.mariadb(pool).partitions(PARTITIONS).open();
  }

  @Override
  Connection connect() throws SQLException {
    return pool.getConnection();
  }

  @Override
  String dialect() {
    return "mariadb";
  }

  @Override
  List<String> meddling() {
    return List.of(
        "create trigger meddling before update on purses for each row"
            + " set new.amount = new.amount + 100");
  }

  @Test
  void setsAsideOnlyWhatIsLocked() throws Exception {
    setsAsideOnlyThePartitionOfALockedRow();
  }
}
