// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.zaxxer.hikari.HikariDataSource;
import dev.detent.DetentException;
import dev.detent.UnavailableException;
import dev.detent.annotation.StateMachine;
import dev.detent.annotation.Table;
import dev.detent.annotation.Transition;
import dev.detent.engine.Detent;
import dev.detent.engine.MachineClient;
import dev.detent.handler.Context;
import dev.detent.machine.Machine;
import dev.detent.sql.SqlStore;
import dev.detent.store.EventRow;
import dev.detent.store.Store;
import dev.detent.table.Refusal;
import dev.detent.table.TableClient;
import dev.detent.table.Tables;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Moves rows in transactions of the caller's while something happens between the moment when a
/// move is decided and that when it is written.
class PostgresUnlockedMovesTest {
  private static final AtomicReference<Runnable> BETWEEN = new AtomicReference<>();
  private static final AtomicInteger DECIDED = new AtomicInteger();

  sealed interface Jar {
    record Open(long coins) implements Jar {}

    record Shut(String by) implements Jar {}
  }

  @StateMachine("jar")
  @Table(name = "jars", ids = Table.Ids.TEXT)
  static final class JarMachine {
    @Transition
    Jar.Open make(long coins) {
      return new Jar.Open(coins);
    }

    @Transition
    Jar.Open put(Jar.Open from, long coins) {
      DECIDED.incrementAndGet();
      Runnable between = BETWEEN.getAndSet(null);
      if (between != null) {
        between.run();
      }
      return new Jar.Open(from.coins() + coins);
    }

    /// What somebody puts in while it runs would be lost.
    @Transition
    Jar.Open polish(Jar.Open from, Context ctx) {
      String _ = ctx.step("polish", String.class, () -> "done");
      return new Jar.Open(from.coins() + 1_000);
    }

    @Transition
    Jar.Shut shut(Jar.Open from, String by) {
      return new Jar.Shut(by);
    }
  }

  private final HikariDataSource pool = new HikariDataSource();
  private Store store;
  private TableClient<JarMachine> jars;

  @BeforeEach
  void start() throws Exception {
    pool.setJdbcUrl(LocalPostgres.freshUrl());
    pool.setMaximumPoolSize(8);
    store = SqlStore.postgres(pool).partitions(2).open();
    String script =
        SqlStore.ddl("postgresql", Objects.requireNonNull(Machine.of(new JarMachine()).table()));
    for (String each : script.split(";\n", -1)) {
      if (!each.isBlank()) {
        run(each);
      }
    }
    open();
    in(connection -> jars.in(connection).create("a", new Jar.Open(5)));
    DECIDED.set(0);
  }

  private void open() {
    jars = Tables.open(store).machine(new JarMachine());
  }

  @AfterEach
  void stop() {
    BETWEEN.set(null);
    store.close();
    pool.close();
  }

  @Test
  void decidesOnceWhenNothingHappensBetween() throws Exception {
    in(connection -> {
      assertThat(put(connection, 1)).isEqualTo(6);
      return put(connection, 1);
    });
    assertThat(DECIDED).hasValue(2);
    requireJar("7|Open", 3);
  }

  @Test
  void decidesAgainOnARowThatPlainSqlHasChanged() throws Exception {
    between(() -> run("update jars set coins = 40 where id = 'a'"));
    assertThat(in(connection -> put(connection, 2)).longValue()).isEqualTo(42);
    assertThat(DECIDED).hasValue(2);
    requireJar("42|Open", 2);
    assertThat(in(connection -> put(connection, 1)).longValue()).isEqualTo(43);
    assertThat(DECIDED).as("a change by somebody is no matter of spelling").hasValue(3);
  }

  @Test
  void decidesAgainOnAnInstanceThatAnotherCallerHasMoved() throws Exception {
    between(() -> in(other -> jars.in(other).call("a", JarMachine::put, 100L)));
    assertThat(in(connection -> put(connection, 2)).longValue()).isEqualTo(107);
    assertThat(DECIDED).hasValue(3);
    requireJar("107|Open", 3);
  }

  @Test
  void seesThatAnInstanceHasMovedThoughItsRowIsTheSame() throws Exception {
    between(() -> in(other -> jars.in(other).call("a", JarMachine::put, 0L)));
    DetentException refused =
        in(connection ->
            catchThrowableOfType(
                DetentException.class,
                () -> jars.in(connection).ifVersion(1).call("a", JarMachine::put, 1L)));
    assertThat(Refusal.of(refused)).isEqualTo(Refusal.VERSION_MOVED);
    requireJar("5|Open", 2);
  }

  @Test
  void leavesNoTraceOfAMoveThatIsRefusedInTheEnd() throws Exception {
    between(() -> run("update jars set state = 'Shut', by = 'x' where id = 'a'"));
    DetentException refused =
        in(connection -> catchThrowableOfType(DetentException.class, () -> put(connection, 2)));
    assertThat(Refusal.of(refused)).isEqualTo(Refusal.OTHER_STATE);
    requireJar("5|Shut", 1);
    assertThat(query("select sum(seq) from detent_partition")).containsExactly("1");
  }

  @Test
  void leavesNoTraceOfAMoveOfARowThatIsGone() throws Exception {
    between(() -> run("delete from jars"));
    DetentException refused =
        in(connection -> catchThrowableOfType(DetentException.class, () -> put(connection, 2)));
    assertThat(Refusal.of(refused)).isEqualTo(Refusal.NO_SUCH_ROW);
    assertThat(query("select sum(last_offset) from detent_partition")).containsExactly("1");
    assertThat(query("select version from detent_instance")).containsExactly("1");
  }

  @ParameterizedTest
  @ValueSource(ints = {Connection.TRANSACTION_REPEATABLE_READ, Connection.TRANSACTION_SERIALIZABLE})
  void mustBeRunAgainInAStricterTransaction(int isolation) throws Exception {
    try (Connection connection = connect()) {
      connection.setTransactionIsolation(isolation);
      between(() -> in(other -> jars.in(other).call("a", JarMachine::put, 100L)));
      assertThatThrownBy(() -> put(connection, 2)).isInstanceOf(UnavailableException.class);
      connection.rollback();
      assertThat(put(connection, 2)).isEqualTo(107);
      connection.commit();
    }
    requireJar("107|Open", 3);
  }

  @Test
  void staysUsableWhenAnIndexOfTheTableRefusesAMove() throws Exception {
    run("create unique index one_amount on jars (coins)");
    open();
    in(connection -> jars.in(connection).create("b", new Jar.Open(6)));
    in(connection -> {
      assertThatThrownBy(() -> put(connection, 1)).isInstanceOf(DetentException.class);
      return put(connection, 5);
    });
    assertThat(DECIDED).as("by the way that takes no locks first").hasValue(2);
    assertThat(query("select coins from jars order by id")).containsExactly("10", "6");
    assertThat(query("select sum(last_offset) from detent_partition")).containsExactly("3");
  }

  @Test
  void endsATransactionInWhichAnUnknownRuleRefusesAMove() throws Exception {
    run("alter table jars add constraint few check (coins < 10)");
    try (Connection connection = connect()) {
      assertThatThrownBy(() -> put(connection, 9)).isInstanceOf(DetentException.class);
      assertThatThrownBy(() -> run(connection, "select 1")).hasMessageContaining("aborted");
      connection.rollback();
      assertThat(put(connection, 1)).isEqualTo(6);
      connection.commit();
    }
    requireJar("6|Open", 2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "autosave=always"})
  void letsNobodyCommitHalfOfAMove(String option) throws Exception {
    run("create function skip() returns trigger language plpgsql as 'begin return null; end'");
    run("create trigger skip before update on jars for each row execute function skip()");
    String url = pool.getJdbcUrl();
    try (Connection connection =
        DriverManager.getConnection(url + (url.contains("?") ? "&" : "?") + option)) {
      connection.setAutoCommit(false);
      assertThatThrownBy(() -> put(connection, 1)).isInstanceOf(UnavailableException.class);
      try {
        connection.commit();
      } catch (SQLException e) {
        assertThat(connection.isClosed()).isTrue();
      }
    }
    requireJar("5|Open", 1);
  }

  /// The rows of the store's own that are taken back are kept as they are by a trigger.
  @ParameterizedTest
  @ValueSource(strings = {"", "autosave=always"})
  void letsNobodyCommitWhatCannotBeTakenBack(String option) throws Exception {
    run("create function skip() returns trigger language plpgsql as 'begin return null; end'");
    run(
        "create trigger skip before update on detent_partition for each row"
            + " when (new.seq < old.seq) execute function skip()");
    String url = pool.getJdbcUrl();
    try (Connection connection =
        DriverManager.getConnection(url + (url.contains("?") ? "&" : "?") + option)) {
      connection.setAutoCommit(false);
      between(() -> run("update jars set coins = 40 where id = 'a'"));
      assertThatThrownBy(() -> put(connection, 1)).isInstanceOf(UnavailableException.class);
      try {
        connection.commit();
      } catch (SQLException e) {
        assertThat(connection.isClosed()).isTrue();
      }
    }
    requireJar("40|Open", 1);
  }

  @Test
  void losesAndDoublesNothingAmongCallersAndPlainSql() throws Exception {
    int callers = 6;
    int calls = 40;
    try (ExecutorService threads = Executors.newFixedThreadPool(callers)) {
      var work = new ArrayList<Future<Long>>();
      for (int i = 0; i < callers; i++) {
        boolean plain = i == 0;
        work.add(threads.submit(() -> putOften(calls, plain)));
      }
      long put = 0;
      for (Future<Long> each : work) {
        put += each.get(4, TimeUnit.MINUTES);
      }
      assertThat(query("select coins from jars")).containsExactly(String.valueOf(5 + put));
    }
    List<EventRow> history = store.history(new dev.detent.Key("jar", "a"), 0, 1_000);
    assertThat(history).hasSize(1 + (callers - 1) * calls);
    assertThat(history).extracting(EventRow::at).isSorted();
    for (int i = 0; i < history.size(); i++) {
      assertThat(history.get(i).offset().offset()).isEqualTo(i + 1L);
      assertThat(history.get(i).version()).isEqualTo(i + 1L);
    }
  }

  @Test
  void losesAndDoublesNothingBesideAnEngineAndItsHandlers() throws Exception {
    int calls = 25;
    try (Detent detent = Detent.builder(store).machine(new JarMachine()).start();
        ExecutorService threads = Executors.newFixedThreadPool(6)) {
      var client = detent.machine(JarMachine.class);
      var work = new ArrayList<Future<Long>>();
      for (int i = 0; i < 3; i++) {
        work.add(threads.submit(() -> putBesideHandlers(calls)));
        work.add(threads.submit(() -> putByEngine(client, calls)));
      }
      for (int i = 0; i < 5; i++) {
        client.call("a", JarMachine::polish);
      }
      long put = 5_000;
      for (Future<Long> each : work) {
        put += each.get(4, TimeUnit.MINUTES);
      }
      assertThat(query("select coins from jars")).containsExactly(String.valueOf(5 + put));
      List<EventRow> history = store.history(new dev.detent.Key("jar", "a"), 0, 1_000);
      assertThat(history).extracting(EventRow::at).isSorted();
      assertThat(history)
          .extracting(event -> event.offset().offset())
          .isEqualTo(LongStream.rangeClosed(1, 6 + 6 * calls).boxed().toList());
      assertThat(client.read("a").version()).isEqualTo(6 + 6 * calls);
    }
    store = SqlStore.postgres(pool).open(); // the engine has closed its own
  }

  private static Long putByEngine(MachineClient<JarMachine> client, int calls) {
    for (int call = 0; call < calls; call++) {
      client.call("a", JarMachine::put, 1L);
    }
    return (long) calls;
  }

  /// Puts coins in, again and again until no handler runs.
  private Long putBesideHandlers(int calls) throws Exception {
    int done = 0;
    while (done < calls) {
      try {
        in(connection -> put(connection, 1));
        done++;
      } catch (DetentException e) {
        assertThat(e.code().retryable()).as(e.getMessage()).isTrue();
      }
    }
    return (long) calls;
  }

  private Long putOften(int calls, boolean plain) throws Exception {
    for (int i = 0; i < calls; i++) {
      if (plain) {
        run("update jars set coins = coins + 1 where id = 'a'");
      } else {
        in(connection -> put(connection, 1));
      }
    }
    return (long) calls;
  }

  private long put(Connection connection, long coins) {
    return jars.in(connection).call("a", JarMachine::put, coins).coins();
  }

  /// Lets something happen once, on a thread and connection of its own, when a move is decided.
  private static void between(Work work) {
    BETWEEN.set(() -> {
      try (ExecutorService other = Executors.newSingleThreadExecutor()) {
        Callable<Boolean> call =
            () -> {
              work.run();
              return true;
            };
        assertThat(other.submit(call).get(1, TimeUnit.MINUTES)).isTrue();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    });
  }

  /// Does something that may fail.
  private interface Work {
    void run() throws Exception;
  }

  /// Does something in a transaction.
  private interface Part<T> {
    T run(Connection connection) throws Exception;
  }

  private <T> T in(Part<T> part) throws Exception {
    try (Connection connection = connect()) {
      T result = part.run(connection);
      connection.commit();
      return result;
    }
  }

  private Connection connect() throws SQLException {
    Connection connection = pool.getConnection();
    connection.setAutoCommit(false);
    return connection;
  }

  private void requireJar(String row, int events) throws SQLException {
    assertThat(query("select coins, state from jars")).containsExactly(row);
    assertThat(query("select sum(last_offset) from detent_partition"))
        .containsExactly(String.valueOf(events));
    assertThat(query("select version from detent_instance"))
        .containsExactly(String.valueOf(events));
    assertThat(store.history(new dev.detent.Key("jar", "a"), 0, 99)).hasSize(events);
  }

  private void run(String sql) throws SQLException {
    try (Connection connection = pool.getConnection()) {
      run(connection, sql);
    }
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private List<String> query(String sql) throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      var found = new ArrayList<String>();
      while (rows.next()) {
        var values = new ArrayList<String>();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          values.add(rows.getString(i));
        }
        found.add(String.join("|", values));
      }
      return found;
    }
  }
}
