// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.detent.store.InvocationRow;
import dev.detent.store.InvocationRow.Run;
import dev.detent.store.InvocationRow.Status;
import dev.detent.store.StepRow;
import dev.detent.store.StepRow.Kind;
import dev.detent.store.StoreException;
import dev.detent.store.Transact;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/// Tests that a user's SQL and the record of it are one.
abstract class StoreTransactions extends StoreNodes {
  static final InvocationRow RUN = running("i1", A, 1);

  /// Begins the invocation that the tests are about, and makes a table of the user's.
  void prepare() throws Exception {
    commit(batch().invocation(RUN));
    createTable("create table mine (a int)");
  }

  /// Makes a table in the store's database: in a transaction of the store's, unless that would end
  /// it there.
  ///
  /// @param sql the statement
  protected void createTable(String sql) throws Exception {
    store.transaction((connection, _) -> {
      try (Statement statement = connection.createStatement()) {
        return statement.execute(sql);
      }
    });
  }

  @Test
  void commitsTheUsersSqlWithItsRecord() throws Exception {
    prepare();
    StepRow step = store.transact(RUN, 0, "0", adding("0", "7"));

    assertThat(step).isEqualTo(result("0", "7"));
    assertThat(store.steps(RUN.id())).containsExactly(step);
    assertThat(mine()).isEqualTo(1);
    commit(batch().clear(RUN, 0, null));
    assertThat(store.steps(RUN.id())).isEmpty();
  }

  @Test
  void undoesTheUsersSqlIfItIsRecordedAlready() throws Exception {
    prepare();
    StepRow first = store.transact(RUN, 0, "0", adding("0", "7"));

    assertThat(store.transact(RUN, 0, "0", adding("0", "8"))).isEqualTo(first);
    assertThat(mine()).isEqualTo(1);
    store.transact(RUN, 0, "1", adding("1", "9"));
    assertThat(mine()).isEqualTo(2);
  }

  @Test
  void runsTheUsersSqlOnceAlthoughManyTry() throws Exception {
    prepare();
    var start = new CyclicBarrier(3);
    var racing = new ArrayList<FutureTask<StepRow>>();
    for (int i = 0; i < 3; i++) {
      String value = String.valueOf(i);
      var task =
          new FutureTask<>(() -> {
            start.await();
            return store.transact(RUN, 0, "0", adding("0", value));
          });
      racing.add(task);
      Thread.ofVirtual().start(task);
    }

    StepRow recorded = racing.getFirst().get();
    for (FutureTask<StepRow> task : racing) {
      assertThat(task.get()).isEqualTo(recorded);
    }
    assertThat(store.steps(RUN.id())).containsExactly(recorded);
    assertThat(mine()).isEqualTo(1);
  }

  @Test
  void rollsBackAndThrowsWhatTheUserThrows() throws Exception {
    prepare();
    var wanted = new Exception("no money");

    assertThatThrownBy(() ->
            store.transact(
                RUN,
                0,
                "0",
                connection -> {
                  executed(connection, "insert into mine values (1)", RUN);
                  throw wanted;
                }))
        .isSameAs(wanted);
    assertThatThrownBy(() ->
            store.transact(RUN, 0, "0", c -> executed(c, "insert into no_such values (1)", RUN)))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("no_such");
    assertUntouched();
    store.transact(RUN, 0, "0", adding("0", "1"));
    assertThat(mine()).isEqualTo(1);
  }

  @Test
  void refusesAnInvocationThatIsNotRunning() throws Exception {
    prepare();
    InvocationRow gone = running("gone", A, 1);
    for (Status status : Status.values()) {
      if (status != Status.RUNNING) {
        commit(batch().invocation(RUN.with(status, Run.NONE)));
        assertThat(kind(RUN, 0, adding("0", "1"))).isEqualTo(StoreException.Kind.FENCED);
      }
    }
    assertThat(kind(gone, 0, c -> executed(c, "insert into mine values (1)", gone)))
        .isEqualTo(StoreException.Kind.FENCED);
    assertUntouched();
  }

  @Test
  void refusesAnotherLife() throws Exception {
    prepare();
    InvocationRow anew = RUN.with(Status.RUNNING, new Run(1, 0, 0, 0, false, null));
    commit(batch().invocation(anew));

    assertThat(kind(RUN, 0, adding("0", "1"))).isEqualTo(StoreException.Kind.FENCED);
    assertUntouched();
  }

  @Test
  void refusesAnotherEpoch() throws Exception {
    prepare();
    store.acquire("node-1", ALL);

    assertThat(kind(RUN, 0, adding("0", "1"))).isEqualTo(StoreException.Kind.FENCED);
    assertUntouched();
    store.transact(RUN, 1, "0", adding("0", "1"));
    assertThat(mine()).isEqualTo(1);
  }

  @Test
  void rejectsARecordThatTheDatabaseRefuses() throws Exception {
    prepare();
    assertThat(kind(RUN, 0, adding("0", "\0"))).isEqualTo(StoreException.Kind.REJECTED);
    assertUntouched();
  }

  @Test
  void refusesTheRecordOfAnotherEntry() throws Exception {
    prepare();
    assertThatThrownBy(() -> store.transact(RUN, 0, "1", adding("2", "2")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected entry 1 of i1, got 2 of i1");
    assertUntouched();
  }

  @Test
  void leavesTheEndOfTheTransactionToItself() throws Exception {
    prepare();
    store.transact(
        RUN,
        0,
        "0",
        connection -> {
          executed(connection, "insert into mine values (1)", RUN);
          List<ThrowingUse> uses =
              List.of(
                  Connection::commit,
                  Connection::rollback,
                  Connection::close,
                  c -> c.abort(Runnable::run),
                  c -> c.setAutoCommit(true));
          for (ThrowingUse use : uses) {
            assertThatThrownBy(() -> use.of(connection))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("expected SQL only");
          }
          return result("0", "1");
        });
    assertThat(mine()).isEqualTo(1);
  }

  @Test
  void letsTheUserGoBackToASavepoint() throws Exception {
    prepare();
    store.transact(
        RUN,
        0,
        "0",
        connection -> {
          executed(connection, "insert into mine values (1)", RUN);
          Savepoint here = connection.setSavepoint();
          executed(connection, "insert into mine values (2)", RUN);
          connection.rollback(here);
          return result("0", "1");
        });
    assertThat(mine()).isEqualTo(1);
  }

  @Test
  void noticesThatTheUserEndedTheTransaction() throws Exception {
    prepare();
    assertThatThrownBy(() ->
            store.transact(
                RUN,
                0,
                "0",
                connection -> {
                  try (Statement statement = connection.createStatement()) {
                    statement.getConnection().commit();
                  }
                  return result("0", "1");
                }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("leave its end to Detent");
    assertUntouched();
  }

  @Test
  void lendsItsConnectionForTheTimeOfTheWorkOnly() throws Exception {
    prepare();
    var kept = new ArrayList<Connection>();
    var open = new ArrayList<Statement>();
    store.transact(
        RUN,
        0,
        "0",
        connection -> {
          kept.add(connection);
          open.add(connection.createStatement());
          open.getFirst().executeQuery("select a from mine");
          return result("0", "1");
        });

    assertThatThrownBy(() -> kept.getFirst().createStatement())
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("keep no connection");
    assertThat(open.getFirst().isClosed()).isTrue();
    commit(batch().move(A, 0, "up"));
  }

  StoreException.Kind kind(InvocationRow run, long epoch, Transact work) {
    StoreException e =
        catchThrowableOfType(StoreException.class, () -> store.transact(run, epoch, "0", work));
    assertThat(e).as("a StoreException").isNotNull();
    return e.kind();
  }

  private void assertUntouched() throws Exception {
    assertThat(store.steps(RUN.id())).isEmpty();
    assertThat(mine()).isZero();
  }

  /// Counts the user's rows.
  long mine() throws Exception {
    var counts = new ArrayList<Long>();
    var enough = new Exception();
    assertThatThrownBy(() ->
            store.transact(
                running("setup", B, 1),
                0,
                "count",
                connection -> {
                  try (Statement statement = connection.createStatement();
                      ResultSet rows = statement.executeQuery("select count(*) from mine")) {
                    rows.next();
                    counts.add(rows.getLong(1));
                  }
                  throw enough;
                }))
        .isSameAs(enough);
    return counts.getFirst();
  }

  static Transact adding(String position, String value) {
    return connection -> {
      executed(connection, "insert into mine values (1)", RUN);
      return result(position, value);
    };
  }

  static StepRow result(String position, String value) {
    return step(RUN, position, Kind.TRANSACT).ended(value, null, 5);
  }

  private static StepRow executed(Connection connection, String sql, InvocationRow of)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
    return step(of, "0", Kind.TRANSACT);
  }

  private interface ThrowingUse {
    void of(Connection connection) throws SQLException;
  }
}
