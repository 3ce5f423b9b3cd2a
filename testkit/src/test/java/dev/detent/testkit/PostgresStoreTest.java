// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.zaxxer.hikari.HikariDataSource;
import dev.detent.sql.SqlStore;
import dev.detent.store.Batch;
import dev.detent.store.InvocationRow;
import dev.detent.store.Joined;
import dev.detent.store.PartitionRow;
import dev.detent.store.Store;
import dev.detent.store.StoreException;
import dev.detent.store.StoreException.Kind;
import dev.detent.store.Transact;
import dev.detent.testkit.CuttingSource.Cut;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
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

  @Override
  protected Connection connect() throws SQLException {
    Connection connection = pool.getConnection();
    connection.setAutoCommit(false);
    return connection;
  }

  @Test
  void tellsOneOfTwoCallersInADeadlockToRunAgain() throws Exception {
    int low = A.partition(PARTITIONS);
    int high = D.partition(PARTITIONS);
    try (Connection one = connect();
        Connection two = connect()) {
      store.join(one).lock(List.of(low));
      store.join(two).lock(List.of(high));
      var crossing = new FutureTask<>(() -> outcome(one, high));
      Thread.ofVirtual().start(crossing);
      Object other = outcome(two, low);
      assertThat(List.of(crossing.get(), other))
          .containsExactlyInAnyOrder("locked", Kind.UNAVAILABLE);
    }
  }

  private Object outcome(Connection connection, int partition) throws SQLException {
    try {
      store.join(connection).lock(List.of(partition));
      connection.commit();
      return "locked";
    } catch (StoreException e) {
      assertThat(e).hasMessageContaining("deadlock").hasMessageContaining("run the transaction");
      connection.rollback();
      return e.kind();
    }
  }

  @Test
  void letsACallerThatSeesAnOldStateDecideNothing() throws Exception {
    for (int isolation :
        List.of(Connection.TRANSACTION_REPEATABLE_READ, Connection.TRANSACTION_SERIALIZABLE)) {
      try (Connection connection = connect()) {
        connection.setTransactionIsolation(isolation);
        execute(connection, "select 1 from detent_meta");
        long version = store.history(A, 0, 9).size();
        commit(batch().move(A, version, "up"));
        StoreException stale =
            catchThrowableOfType(
                StoreException.class, () -> store.join(connection).look(List.of(A)));
        assertThat(stale.kind()).isEqualTo(Kind.UNAVAILABLE);
        assertThat(stale).hasMessageContaining("run the transaction again");
        connection.rollback();

        Joined joined = store.join(connection);
        joined.write(move(joined, A, version + 1, "down"));
        connection.commit();
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
      }
    }
    assertThat(store.history(A, 0, 9)).hasSize(4);
  }

  @Test
  void saysThatATransactionWasRolledBackInWhichAStatementFailed() {
    assertThatThrownBy(() ->
            store.transaction((connection, joined) -> {
              joined.write(move(joined, A, 0, "up"));
              assertThatThrownBy(() -> execute(connection, "select no_such"));
              return true;
            }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("throw when a statement fails");
    assertThat(store.instances(List.of(A))).isEmpty();
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
  void settlesATransactionOfTheUsersWhoseCommitGotLost() throws Exception {
    prepare();
    int rows = 0;
    for (Cut when : List.of(Cut.BEFORE_THE_SERVER_COMMITS, Cut.AFTER_THE_SERVER_COMMITTED)) {
      String position = String.valueOf(rows);
      var cutting = new CuttingSource(pool);
      try (Store other = SqlStore.postgres(cutting.source()).open()) {
        cutting.cutNext(when);
        StoreException lost =
            catchThrowableOfType(
                StoreException.class,
                () -> other.transact(RUN, 0, position, adding(position, "1")));
        assertThat(lost.kind()).isEqualTo(Kind.UNKNOWN);
        assertThat(other.transact(RUN, 0, position, adding(position, "2")).value())
            .isEqualTo(when == Cut.BEFORE_THE_SERVER_COMMITS ? "2" : "1");
        assertThat(mine()).isEqualTo(++rows);
      }
    }
  }

  @Test
  void letsTheOwnerCommitWhileTheUsersSqlRuns() throws Exception {
    prepare();
    store.transact(
        RUN,
        0,
        "0",
        connection -> {
          commit(batch().move(A, 0, "up").timer(A, 1, "t", 1));
          return adding("0", "1").run(connection);
        });

    assertThat(mine()).isEqualTo(1);
  }

  @Test
  void fencesAStepOffThatWasOvertakenWhileTheUsersSqlRan() throws Exception {
    prepare();
    InvocationRow ended = RUN.with(InvocationRow.Status.KILLED, InvocationRow.Run.NONE);
    assertThat(kind(RUN, 0, then(() -> commit(batch().invocation(ended))))).isEqualTo(Kind.FENCED);
    commit(batch().invocation(RUN));
    assertThat(kind(RUN, 0, then(() -> store.acquire("heir", ALL)))).isEqualTo(Kind.FENCED);
    assertThat(mine()).isZero();
  }

  @Test
  void keepsTheOwnersCommitsWaitingUntilTheStepIsIn() throws Exception {
    prepare();
    var waits = new ArrayList<Boolean>();
    var watching = new CuttingSource(pool);
    try (Store other = SqlStore.postgres(watching.source()).open()) {
      watching.beforeCommit(() -> waits.add(locked(RUN.partition())));
      other.transact(RUN, 0, "0", adding("0", "1"));
    }

    assertThat(waits).containsExactly(true);
    assertThat(locked(RUN.partition())).isFalse();
  }

  @Test
  void noticesThatAStatementOfTheUsersFailed() throws Exception {
    prepare();
    assertThatThrownBy(() ->
            store.transact(
                RUN,
                0,
                "0",
                connection -> {
                  try (Statement statement = connection.createStatement()) {
                    statement.execute("select no_such");
                  } catch (SQLException e) {
                    return result("0", "1");
                  }
                  throw new AssertionError("expected an SQLException");
                }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("throw when a statement fails");
    store.transact(RUN, 0, "0", adding("0", "1"));
  }

  @Test
  void takesTheOtherPartitionsWhenSomebodyHoldsOne() throws SQLException {
    try (Connection holder = pool.getConnection();
        Statement statement = holder.createStatement()) {
      holder.setAutoCommit(false);
      statement.execute("select 1 from detent_partition where partition_id = 2 for update");

      assertThat(store.acquire("node-1", ALL))
          .extracting(PartitionRow::partition)
          .containsExactly(0, 1, 3);
      holder.rollback();
    }
    assertThat(store.acquire("node-1", ALL)).hasSize(PARTITIONS);
  }

  @Test
  void leavesWhatSomebodyTookWhileItWaitedForTheRow() throws Exception {
    var waiting = new FutureTask<>(() -> store.acquire("node-1", ALL));
    try (Connection holder = pool.getConnection();
        Statement statement = holder.createStatement()) {
      holder.setAutoCommit(false);
      statement.execute("update detent_partition set owner = 'quick' where partition_id = 0");
      statement.execute(
          "insert into detent_node values ('quick', '', 0, 9000000000000000000, '{}')");
      Thread.ofVirtual().start(waiting);
      String waits = "select count(*) from pg_locks where not granted";
      ConsumerTrials.eventually(() -> waiting.isDone() || !value(waits).equals("0"));
      holder.commit();
    }

    assertThat(waiting.get()).extracting(PartitionRow::partition).containsExactly(1, 2, 3);
  }

  @Test
  void limitsWhatItDoesByTheLeaseButNotTheUsersSql() throws Exception {
    prepare();
    var settings = new ArrayList<String>();
    try (Store other = SqlStore.postgres(pool).leaseDuration(Duration.ofSeconds(5)).open()) {
      other.transact(
          RUN,
          0,
          "0",
          connection -> {
            settings.add(value(connection, "show idle_in_transaction_session_timeout"));
            settings.add(value(connection, "show lock_timeout"));
            return adding("0", "1").run(connection);
          });
    }

    assertThat(settings).containsExactly("2s", "0");
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

  private boolean locked(int partition) {
    try {
      execute(
          "select 1 from detent_partition where partition_id = %d for no key update nowait"
              .formatted(partition));
      return false;
    } catch (SQLException e) {
      assertThat(e.getSQLState()).isEqualTo("55P03");
      return true;
    }
  }

  private static Transact then(Runnable meanwhile) {
    return connection -> {
      meanwhile.run();
      return adding("0", "1").run(connection);
    };
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
    try (Connection connection = pool.getConnection()) {
      return value(connection, sql);
    }
  }

  private static String value(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }
}
