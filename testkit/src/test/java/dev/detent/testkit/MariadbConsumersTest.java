// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import com.zaxxer.hikari.HikariDataSource;
import dev.detent.sql.SqlStore;
import dev.detent.store.Store;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;

class MariadbConsumersTest extends ConsumerTrials {
  private final HikariDataSource pool = new HikariDataSource();

  {
    pool.setJdbcUrl(LocalMariadb.freshUrl());
    pool.setMaximumPoolSize(8);
    pool.setMinimumIdle(0);
  }

  @AfterEach
  void closePool() {
    pool.close();
  }

  @Override
  Store open(int partitions) {
    return SqlStore.mariadb(pool).partitions(partitions).open();
  }

  @Override
  Connection connect() throws SQLException {
    return pool.getConnection();
  }
}
