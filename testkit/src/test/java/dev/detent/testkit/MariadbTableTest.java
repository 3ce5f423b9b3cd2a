// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.detent.Key;
import dev.detent.annotation.Table;
import dev.detent.machine.TableDefinition;
import dev.detent.sql.SqlStore;
import dev.detent.store.Store;
import dev.detent.testkit.MappedThings.Order;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MariadbTableTest extends TableContract {
  private final HikariDataSource pool = new HikariDataSource();

  {
    pool.setJdbcUrl(LocalMariadb.freshUrl());
    pool.setMaximumPoolSize(4);
    pool.setMinimumIdle(0);
  }

  @AfterEach
  void closePool() {
    pool.close();
  }

  @Override
  protected Store open() {
    return SqlStore.mariadb(pool).partitions(PARTITIONS).open();
  }

  @Override
  protected Connection connect() throws SQLException {
    return pool.getConnection();
  }

  @Override
  protected String dialect() {
    return "mariadb";
  }

  @Override
  protected String quoted(String name) {
    return '`' + name + '`';
  }

  @Override
  protected Map<Object, String> cutting() {
    return Map.of(
        PostgresTableTest.timed(Instant.parse("2026-01-02T03:04:05.123456789Z"), LocalTime.NOON),
        "column at (datetime(6)): expected at most 6 digits of a second",
        SqliteTableTest.plain(Double.POSITIVE_INFINITY),
        "expected a number, got Infinity, which MariaDB can't hold");
  }

  @Test
  void cutsNeitherTextNorFractions() throws SQLException {
    run(
        "create table orders (id bigint primary key, state varchar(20) not null,"
            + " created_at datetime, updated_at datetime(6), customer varchar(5), amount int,"
            + " receipt text)");
    store.map(
        List.of(
            MappedThings.table(
                MappedThings.orders(TableDefinition.of("orders").ids(Table.Ids.LONG)))));
    assertThat(rejected(new Key("order", "1"), new Order.Created("too long", 1)))
        .contains("column customer (varchar(5)): expected at most 5 characters, got 8");
  }
}
