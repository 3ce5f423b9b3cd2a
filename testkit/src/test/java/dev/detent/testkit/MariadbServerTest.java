// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.detent.Key;
import dev.detent.sql.SqlStore;
import dev.detent.store.Store;
import dev.detent.store.StoreException;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Opens stores on empty, half made and unfit databases.
class MariadbServerTest {
  private static final int PARTITIONS = 4;
  private static final Key A = new Key("m", "a");

  private final HikariDataSource pool = new HikariDataSource();
  private final List<Store> stores = new ArrayList<>();

  {
    pool.setJdbcUrl(LocalMariadb.freshUrl());
    pool.setMaximumPoolSize(8);
    pool.setMinimumIdle(0);
  }

  @AfterEach
  void closePool() {
    stores.forEach(Store::close);
    pool.close();
  }

  private Store open() {
    Store store = SqlStore.mariadb(pool).partitions(PARTITIONS).open();
    synchronized (stores) {
      stores.add(store);
    }
    return store;
  }

  @Test
  void goesOnWithAMigrationThatACrashCutShort() throws SQLException {
    open().close();
    execute("delete from detent_meta where name <> 'lock'");
    execute("delete from detent_partition");
    execute("drop table detent_event, detent_dead_letter");

    Store store = open();

    assertThat(store.partitionRows()).hasSize(PARTITIONS);
    store.commit(BatchBuilder.on(store.partitionRows()).move(A, 0, "up").build());
  }

  @Test
  void refusesServersThatItWasNotMadeForWithTheReason() {
    assertRefused(pretending("getDatabaseMinorVersion", 5), "expected version 10.6 or newer");
    assertRefused(pretending("getDatabaseMajorVersion", 5), "expected version 10.6 or newer");
    assertRefused(pretending("getDatabaseProductName", "MySQL"), "got MySQL");
    assertRefused(
        pretending("getURL", "jdbc:mariadb://h/d?useAffectedRows=true"), "useAffectedRows");
  }

  @Test
  void startsOnAnEmptyDatabaseInSeveralProcessesAtOnce() throws Exception {
    var opening = new ArrayList<FutureTask<Store>>();
    for (int i = 0; i < 4; i++) {
      var task = new FutureTask<>(() -> open());
      opening.add(task);
      Thread.ofVirtual().start(task);
    }

    for (FutureTask<Store> task : opening) {
      assertThat(task.get().partitionRows()).hasSize(PARTITIONS);
    }
  }

  @Test
  void startsOnTablesThatWereMadeFromThePrintedScript() throws SQLException {
    for (String statement : SqlStore.ddl("mariadb").split(";\\n", -1)) {
      if (!statement.isBlank()) {
        execute(statement);
      }
    }

    Store store = open();

    assertThat(store.partitionRows()).hasSize(PARTITIONS);
    store.commit(BatchBuilder.on(store.partitionRows()).move(A, 0, "up").build());
  }

  @Test
  void tellsTheServersTime() throws SQLException {
    Store store = open();
    long before = store.now();
    long server =
        Long.parseLong(value("select timestampdiff(second, '1970-01-01', utc_timestamp()) * 1000"));

    assertThat(Math.abs(server - before)).isLessThan(60_000);
    assertThat(store.exclusive()).isFalse();
  }

  @Test
  void runsOnAServerThatSyncs() throws SQLException {
    assertThat(setting("innodb_flush_log_at_trx_commit")).isEqualTo("1");
    assertThat(setting("log_bin")).isEqualTo("0");
  }

  private static void assertRefused(DataSource source, String reason) {
    assertThatThrownBy(() -> SqlStore.mariadb(source).open())
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(reason);
  }

  /// Returns a source of connections to a server that seems to be another.
  private DataSource pretending(String what, Object answer) {
    return Faked.of(
        DataSource.class,
        pool,
        "getConnection",
        connection ->
            Faked.of(
                Connection.class,
                connection,
                "getMetaData",
                about -> Faked.of(DatabaseMetaData.class, about, what, _ -> answer)));
  }

  private String setting(String name) throws SQLException {
    return value("select @@" + name);
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private String value(String sql) throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }
}
