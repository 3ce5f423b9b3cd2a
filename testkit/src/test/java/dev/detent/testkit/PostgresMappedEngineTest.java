// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import com.zaxxer.hikari.HikariDataSource;
import dev.detent.sql.SqlStore;
import dev.detent.store.Store;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

class PostgresMappedEngineTest extends MappedEngineTrial {
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
    return SqlStore.postgres(pool).partitions(PARTITIONS).open();
  }

  @Override
  Connection connect() throws SQLException {
    return pool.getConnection();
  }

  @Override
  String dialect() {
    return "postgresql";
  }

  @Override
  List<String> meddling() {
    return List.of(
        "create function meddle() returns trigger language plpgsql as"
            + " 'begin new.amount = new.amount + 100; return new; end'",
        "create trigger meddling before update on purses for each row execute function meddle()");
  }

  @Test
  void setsAsideOnlyWhatIsLocked() throws Exception {
    setsAsideOnlyThePartitionOfALockedRow();
  }
}
