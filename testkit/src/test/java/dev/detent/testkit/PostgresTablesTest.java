// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import com.zaxxer.hikari.HikariDataSource;
import dev.detent.sql.SqlStore;
import dev.detent.store.Store;
import java.sql.Connection;
import java.sql.SQLException;

class PostgresTablesTest extends TablesTrial {
  private final HikariDataSource pool = new HikariDataSource();

  {
    pool.setJdbcUrl(LocalPostgres.freshUrl());
    pool.setMaximumPoolSize(8);
    pool.setMinimumIdle(0);
  }

  @Override
  void closeSource() {
    pool.close();
  }

  @Override
  Store open() {
    return SqlStore.postgres(pool).partitions(4).open();
  }

  @Override
  Connection connect() throws SQLException {
    return pool.getConnection();
  }

  @Override
  String dialect() {
    return "postgresql";
  }
}
