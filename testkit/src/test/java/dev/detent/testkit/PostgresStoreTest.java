// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.zaxxer.hikari.HikariDataSource;
import dev.detent.sql.SqlStore;
import dev.detent.store.Batch;
import dev.detent.store.Store;
import dev.detent.store.StoreException;
import dev.detent.store.StoreException.Kind;
import dev.detent.testkit.CuttingSource.Cut;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PostgresStoreTest extends StoreContract {
  private final HikariDataSource pool = new HikariDataSource();

  {
    pool.setJdbcUrl(LocalPostgres.freshUrl());
    pool.setMaximumPoolSize(4);
    pool.setMinimumIdle(0);
  }

  @AfterEach
  void closePool() {
    pool.close();
  }

  @Override
  protected Store open(int partitions) {
    return SqlStore.postgres(pool).partitions(partitions).open();
  }

  @Test
  void findsOutThatACommitWasLostWithItsConnection() {
    assertThat(outcomeOf(Cut.BEFORE_THE_SERVER_COMMITS)).isFalse();
    assertThat(store.instances(List.of(A))).isEmpty();
    commit(batch().move(A, 0, "up"));
  }

  @Test
  void findsOutThatACommitOutlivedItsConnection() {
    assertThat(outcomeOf(Cut.AFTER_THE_SERVER_COMMITTED)).isTrue();
    assertThat(state(A)).isEqualTo("cut");
    commit(batch().move(A, 1, "up"));
  }

  @Test
  void healsAfterAllConnectionsWereCut() throws SQLException {
    commit(batch().move(A, 0, "up"));
    Batch next = batch().move(A, 1, "down").build();
    execute("select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()");

    StoreException first = catchThrowableOfType(StoreException.class, () -> store.commit(next));

    if (first != null) {
      assertThat(first.kind()).isEqualTo(Kind.UNAVAILABLE);
      store.commit(next);
    }
    assertThat(state(A)).isEqualTo("down");
  }

  @Test
  void leavesTheSettingsOfBorrowedConnectionsAlone() throws SQLException {
    pool.setMaximumPoolSize(1);
    commit(batch().move(A, 0, "up"));

    assertThat(setting("lock_timeout")).isEqualTo("0");
    assertThat(setting("enable_seqscan")).isEqualTo("on");
    try (Connection connection = pool.getConnection()) {
      assertThat(connection.getAutoCommit()).isTrue();
    }
  }

  @Test
  void startsOnAnEmptyDatabaseInSeveralProcessesAtOnce() throws Exception {
    store.close();
    execute("drop table " + String.join(", ", tables()));
    var opening = new ArrayList<FutureTask<Store>>();
    for (int i = 0; i < 4; i++) {
      var task = new FutureTask<>(() -> open(PARTITIONS));
      opening.add(task);
      Thread.ofVirtual().start(task);
    }

    for (FutureTask<Store> task : opening) {
      assertThat(task.get().partitionRows()).hasSize(PARTITIONS);
    }
    store = opening.getFirst().get();
  }

  @Test
  void startsOnTablesThatWereMadeFromThePrintedScript() throws SQLException {
    execute("drop table " + String.join(", ", tables()));
    execute(SqlStore.ddl("postgresql"));

    store = open(PARTITIONS);

    assertThat(store.partitionRows()).hasSize(PARTITIONS);
    commit(batch().move(A, 0, "up"));
  }

  @Test
  void tellsTheServersTime() throws SQLException {
    long before = store.now();
    long server =
        Long.parseLong(value("select (extract(epoch from clock_timestamp())*1000)::int8"));

    assertThat(Math.abs(server - before)).isLessThan(60_000);
    assertThat(store.exclusive()).isFalse();
  }

  @Test
  void runsOnAServerThatSyncs() throws SQLException {
    assertThat(setting("fsync")).isEqualTo("on");
    assertThat(setting("synchronous_commit")).isEqualTo("on");
    assertThat(setting("full_page_writes")).isEqualTo("on");
  }

  private Boolean outcomeOf(Cut when) {
    var cutting = new CuttingSource(pool);
    try (Store other = SqlStore.postgres(cutting.source()).open()) {
      Batch batch = batch().move(A, 0, "cut").build();
      cutting.cutNext(when);
      StoreException lost = catchThrowableOfType(StoreException.class, () -> other.commit(batch));
      assertThat(lost.kind()).isEqualTo(Kind.UNKNOWN);
      return other.isCommitted(batch);
    }
  }

  private List<String> tables() throws SQLException {
    String sql =
        "select string_agg(tablename, ',') from pg_tables where schemaname = current_schema()";
    return List.of(value(sql).split(",", -1));
  }

  private String setting(String name) throws SQLException {
    return value("show " + name);
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
