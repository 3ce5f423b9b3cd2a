// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.zaxxer.hikari.HikariDataSource;
import dev.detent.sql.SqlStore;
import dev.detent.store.Batch;
import dev.detent.store.EventRow;
import dev.detent.store.InstanceRow;
import dev.detent.store.InvocationRow;
import dev.detent.store.Joined;
import dev.detent.store.PartitionRow;
import dev.detent.store.Sight;
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

class MariadbStoreTest extends StoreContract {
  /// What a server's owner may have chosen, and nothing here may depend on.
  private static final String ODD =
      "&sessionVariables=sql_mode='ANSI_QUOTES,PIPES_AS_CONCAT',time_zone='+05:45',"
          + "innodb_lock_wait_timeout=7";

  private final HikariDataSource pool = new HikariDataSource();

  {
    pool.setJdbcUrl(LocalMariadb.freshUrl() + ODD);
    pool.setMaximumPoolSize(4);
    pool.setMinimumIdle(0);
  }

  @AfterEach
  void closePool() {
    pool.close();
  }

  @Override
  protected Store open(int partitions) {
    return SqlStore.mariadb(pool).partitions(partitions).open();
  }

  @Override
  protected Connection connect() throws SQLException {
    Connection connection = pool.getConnection();
    connection.setAutoCommit(false);
    return connection;
  }

  @Override
  protected void createTable(String sql) throws SQLException {
    execute(sql);
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
      assertThat(e).hasMessageContaining("Deadlock").hasMessageContaining("run the transaction");
      connection.rollback();
      return e.kind();
    }
  }

  @Test
  void showsACallerWithAnOldSnapshotWhatIsTrueNow() throws Exception {
    try (Connection connection = connect()) {
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      run(connection, "select 1 from detent_meta");
      commit(batch().moves(A, 0, 3).invocation(running("i1", B, 1)));

      Joined joined = store.join(connection);
      Sight sight = joined.look(List.of(A, B));
      assertThat(sight.instances()).extracting(InstanceRow::version).containsExactly(3L);
      assertThat(sight.busy()).containsExactly(B);
      assertThat(sight.lastAt()).containsEntry(A.partition(PARTITIONS), 7L);
      joined.write(move(joined, A, 3, "down"));
      connection.commit();
    }
    assertThat(store.history(A, 0, 9)).extracting(EventRow::version).endsWith(4L);
  }

  @Test
  void cutsNothingInATransactionThatWould() throws Exception {
    try (Connection connection = connect()) {
      run(connection, "set sql_mode = ''");
      Joined joined = store.join(connection);
      Batch tooLong = move(joined, A, 0, "u".repeat(300));
      assertThat(kind(() -> joined.write(tooLong))).isEqualTo(Kind.REJECTED);
      joined.write(move(joined, A, 0, "up"));
      assertThat(value(connection, "select @@sql_mode")).isEmpty();
      connection.commit();
    }
    assertThat(state(A)).isEqualTo("up");
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
      try (Store other = SqlStore.mariadb(cutting.source()).open()) {
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
    try (Store other = SqlStore.mariadb(watching.source()).open()) {
      watching.beforeCommit(() -> waits.add(locked(RUN.partition())));
      other.transact(RUN, 0, "0", adding("0", "1"));
    }

    assertThat(waits).containsExactly(true);
    assertThat(locked(RUN.partition())).isFalse();
  }

  @Test
  void noticesThatTheUsersSqlEndedTheTransaction() throws Exception {
    prepare();
    for (String end : List.of("commit", "rollback", "create table other (n integer)")) {
      assertThatThrownBy(() ->
              store.transact(
                  RUN,
                  0,
                  "0",
                  connection -> {
                    run(connection, end);
                    return result("0", "1");
                  }))
          .as(end)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("leave its end to Detent");
    }
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
      String waits =
          "select count(*) from information_schema.innodb_trx where trx_state = 'LOCK WAIT'";
      ConsumerTrials.eventually(() -> waiting.isDone() || !value(waits).equals("0"));
      holder.commit();
    }

    assertThat(waiting.get()).extracting(PartitionRow::partition).containsExactly(1, 2, 3);
  }

  @Test
  void limitsWhatItDoesByTheLeaseButNotTheUsersSql() throws Exception {
    prepare();
    var settings = new ArrayList<String>();
    try (Store other = SqlStore.mariadb(pool).leaseDuration(Duration.ofSeconds(5)).open()) {
      other.transact(
          RUN,
          0,
          "0",
          connection -> {
            settings.add(value(connection, "select @@idle_transaction_timeout"));
            settings.add(value(connection, "select @@innodb_lock_wait_timeout"));
            settings.add(value(connection, "select @@sql_mode"));
            return adding("0", "1").run(connection);
          });
    }

    assertThat(settings.subList(0, 2)).containsExactly("2", "7");
    assertThat(settings.getLast()).contains("ANSI_QUOTES").doesNotContain("STRICT");
  }

  @Test
  void healsAfterAllConnectionsWereCut() throws SQLException {
    commit(batch().move(A, 0, "up"));
    Batch next = batch().move(A, 1, "down").build();
    cutAllConnections();

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

    assertThat(setting("idle_transaction_timeout")).isEqualTo("0");
    assertThat(setting("innodb_lock_wait_timeout")).isEqualTo("7");
    assertThat(setting("max_statement_time")).isEqualTo("0.000000");
    assertThat(setting("tx_isolation")).isEqualTo("REPEATABLE-READ");
    assertThat(setting("sql_mode")).contains("ANSI_QUOTES").doesNotContain("STRICT");
    try (Connection connection = pool.getConnection()) {
      assertThat(connection.getAutoCommit()).isTrue();
    }
  }

  @Test
  void rejectsADocumentThatTheServerWouldNotTake() throws SQLException {
    int packet = Integer.parseInt(setting("max_allowed_packet"));
    String text = "{\"a\":\"" + "\\".repeat(packet / 4) + "\"}";
    String most = "{\"a\":\"" + "\\".repeat(packet / 4 - (1 << 15)) + "\"}";

    assertThat(kind(() -> commit(batch().move(A, 0, "up", text)))).isEqualTo(Kind.REJECTED);
    commit(batch().move(A, 0, "up", most));
    assertThat(store.instances(List.of(A)).getFirst().data()).isEqualTo(most);
  }

  @Test
  void doesNotWaitForALockForLongerThanItsLeaseAllows() throws SQLException {
    commit(batch().move(A, 0, "up"));
    Batch late = batch().move(A, 1, "down").build();
    try (Store other = SqlStore.mariadb(pool).leaseDuration(Duration.ofSeconds(1)).open();
        Connection holder = connect()) {
      run(holder, "select 1 from detent_partition for update");

      StoreException e = catchThrowableOfType(StoreException.class, () -> other.isCommitted(late));
      assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE);
      assertThat(e).hasMessageContaining("Lock wait timeout");
      e = catchThrowableOfType(StoreException.class, () -> other.commit(late));
      assertThat(e.kind()).isEqualTo(Kind.LOCKED);
      holder.rollback();
      other.commit(late);
    }
    assertThat(state(A)).isEqualTo("down");
  }

  /// A lock that was waited for too long undoes its statement only, after the fence was written.
  @Test
  void takesAllOfACommitBackThatMetALockInItsMiddle() throws SQLException {
    commit(batch().move(A, 0, "up"));
    Batch late = batch().move(A, 1, "down").build();
    try (Store other = SqlStore.mariadb(pool).leaseDuration(Duration.ofSeconds(1)).open();
        Connection holder = connect()) {
      List<PartitionRow> before = store.partitionRows();
      run(holder, "select 1 from detent_instance for update");

      StoreException e = catchThrowableOfType(StoreException.class, () -> other.commit(late));
      assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE);
      assertThat(e).hasMessageContaining("Lock wait timeout");
      assertThat(store.partitionRows()).isEqualTo(before);
      holder.rollback();
      other.commit(late);
    }
    assertThat(state(A)).isEqualTo("down");
  }

  @Test
  void losesNoRowsToAProcessThatStandsStillInATransaction() throws Exception {
    prepare();
    try (Store other = SqlStore.mariadb(pool).leaseDuration(Duration.ofSeconds(1)).open()) {
      assertThatThrownBy(() ->
              other.transact(
                  RUN,
                  0,
                  "0",
                  connection -> {
                    run(connection, "select 1 from detent_partition for update");
                    store.acquire("heir", ALL); // waits until the server has ended the other
                    return adding("0", "1").run(connection);
                  }))
          .isInstanceOf(SQLException.class);
    }
    assertThat(store.partitionRows()).allMatch(row -> "heir".equals(row.owner()));
    assertThat(mine()).isZero();
  }

  private Boolean outcomeOf(Cut when) {
    var cutting = new CuttingSource(pool);
    try (Store other = SqlStore.mariadb(cutting.source()).open()) {
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
          "select 1 from detent_partition where partition_id = %d for update nowait"
              .formatted(partition));
      return false;
    } catch (SQLException e) {
      assertThat(e.getErrorCode()).isEqualTo(1205);
      return true;
    }
  }

  private static Transact then(Runnable meanwhile) {
    return connection -> {
      meanwhile.run();
      return adding("0", "1").run(connection);
    };
  }

  private String setting(String name) throws SQLException {
    return value("select @@" + name);
  }

  private void cutAllConnections() throws SQLException {
    try (Connection killer = pool.getConnection()) {
      String ids =
          value(
              killer,
              "select coalesce(group_concat(id), '') from information_schema.processlist"
                  + " where db = database() and id <> connection_id()");
      for (String id : ids.isEmpty() ? new String[0] : ids.split(",", -1)) {
        run(killer, "kill " + id);
      }
    }
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = pool.getConnection()) {
      run(connection, sql);
    }
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
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
