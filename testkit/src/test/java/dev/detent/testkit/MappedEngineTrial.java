// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.detent.ErrorCode;
import dev.detent.Key;
import dev.detent.RefusedException;
import dev.detent.UnavailableException;
import dev.detent.annotation.StateMachine;
import dev.detent.annotation.Table;
import dev.detent.annotation.Transition;
import dev.detent.annotation.Validate;
import dev.detent.engine.Detent;
import dev.detent.engine.MachineClient;
import dev.detent.handler.Context;
import dev.detent.machine.Machine;
import dev.detent.machine.TableDefinition;
import dev.detent.sql.SqlStore;
import dev.detent.store.EventRow;
import dev.detent.store.Store;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Serves rows of the user's table by the engine.
abstract class MappedEngineTrial {
  /// How many partitions the store has.
  static final int PARTITIONS = 4;

  sealed interface Purse {
    record Open(String owner, int amount) implements Purse {}

    record Locked(String why) implements Purse {}
  }

  record Opening(String owner) {}

  @StateMachine("purse")
  @Table(name = "purses", ids = Table.Ids.LONG)
  static final class PurseMachine {
    final AtomicReference<@Nullable Runnable> meanwhile = new AtomicReference<>();
    final AtomicInteger decided = new AtomicInteger();

    @Transition
    Purse.Open open(Opening in) {
      return new Purse.Open(in.owner(), 0);
    }

    @Transition
    Purse.Open add(Purse.Open from, int amount) {
      decided.incrementAndGet();
      Runnable other = meanwhile.getAndSet(null);
      if (other != null) {
        other.run();
      }
      return new Purse.Open(from.owner(), from.amount() + amount);
    }

    @Transition
    Purse.Locked lock(Purse.Open from, String why) {
      return new Purse.Locked(why);
    }

    @Transition
    Purse.Open unlock(Purse.Locked from, Context ctx) {
      String owner = ctx.step("ask", String.class, () -> "somebody");
      return new Purse.Open(owner, 0);
    }

    @Validate
    void positive(Purse.Open to) {
      if (to.amount() < 0) {
        throw new IllegalStateException("below zero");
      }
    }
  }

  private final PurseMachine code = new PurseMachine();
  private @Nullable Detent detent;

  abstract Store open();

  abstract Connection connect() throws SQLException;

  abstract String dialect();

  /// Returns statements that have the database add 100 to the amount after each update.
  abstract List<String> meddling();

  /// Lets go of connections.
  abstract void closeSource();

  @BeforeEach
  void start() throws SQLException {
    Store store = open();
    for (String statement :
        SqlStore.ddl(dialect(), Objects.requireNonNull(Machine.of(code).table()))
            .split(";\n", -1)) {
      if (!statement.isBlank()) {
        run(statement);
      }
    }
    detent = Detent.builder(store).machine(code).start();
  }

  @AfterEach
  void stop() {
    if (detent != null) {
      detent.close();
    }
    closeSource();
  }

  private MachineClient<PurseMachine> purses() {
    return Objects.requireNonNull(detent).machine(PurseMachine.class);
  }

  @Test
  void servesRowsAsTheyAreNow() throws SQLException {
    purses().call("1", "open", new Opening("ann"));
    purses().call("1", "add", 5);
    assertThat(query("select owner, amount, state from purses")).containsExactly("ann|5|Open");
    run("update purses set amount = 40, owner = 'bob' where id = 1");
    assertThat(purses().read("1").as(Purse.Open.class)).isEqualTo(new Purse.Open("bob", 40));
    assertThat(purses().call("1", "add", 2).as(Purse.Open.class))
        .isEqualTo(new Purse.Open("bob", 42));
    assertThat(purses().read("1").version()).isEqualTo(3);

    run("update purses set state = 'Locked', why = 'by hand' where id = 1");
    assertThat(purses().read("1").state()).isEqualTo("Locked");
    assertThat(
            catchThrowableOfType(RefusedException.class, () -> purses().call("1", "add", 1)).code())
        .isEqualTo(ErrorCode.TRANSITION_NOT_ALLOWED);
    assertThat(purses().call("1", "unlock").as(Purse.Open.class))
        .isEqualTo(new Purse.Open("somebody", 0));
    assertThat(query("select owner, amount, state, why from purses"))
        .containsExactly("somebody|0|Open|by hand");
  }

  @Test
  void servesRowsThatPlainSqlMadeAndForgetsThoseThatItDeleted() throws SQLException {
    run(
        "insert into purses (id, state, created_at, updated_at, owner, amount) values"
            + " (7, 'Open', '2026-01-02 03:04:05', '2026-01-02 03:04:05', 'cy', 1)");
    assertThat(purses().read("7").version()).isZero();
    assertThat(purses().mustExist().call("7", "add", 1).version()).isEqualTo(1);
    run("delete from purses where id = 7");
    assertThat(purses().find("7")).isNull();
    assertThat(
            catchThrowableOfType(RefusedException.class, () -> purses().call("7", "add", 1)).code())
        .isEqualTo(ErrorCode.NOT_FOUND);
    assertThat(purses().call("7", "open", new Opening("di")).version()).isEqualTo(2);
    assertThat(purses().history("7", 0, 10)).extracting(EventRow::version).containsExactly(1L, 2L);
  }

  @Test
  void noticesPlainSqlBetweenDecisionAndCommit() throws SQLException {
    purses().call("1", "open", new Opening("ann"));
    code.meanwhile.set(() -> run2("update purses set amount = 100 where id = 1"));
    assertThat(purses().call("1", "add", 1).as(Purse.Open.class).amount()).isEqualTo(101);
    assertThat(purses().history("1", 0, 10)).hasSize(2);

    code.meanwhile.set(() -> run2("update purses set state = 'Locked' where id = 1"));
    assertThat(
            catchThrowableOfType(RefusedException.class, () -> purses().call("1", "add", 1)).code())
        .isEqualTo(ErrorCode.TRANSITION_NOT_ALLOWED);
    assertThat(query("select amount, state from purses")).containsExactly("101|Locked");
    assertThat(purses().history("1", 0, 10)).hasSize(2);
  }

  @Test
  void neverOverwritesWhatPlainSqlWroteBetweenTwoMoves() throws SQLException {
    purses().call("1", "open", new Opening("ann"));
    int amount = 0;
    for (int i = 1; i <= 20; i++) {
      amount += 1000;
      run("update purses set amount = " + amount + " where id = 1");
      amount += i;
      assertThat(purses().call("1", "add", i).as(Purse.Open.class).amount()).isEqualTo(amount);
      run("update purses set owner = 'owner " + i + "' where id = 1");
      assertThat(purses().call("1", "add", 0).as(Purse.Open.class))
          .isEqualTo(new Purse.Open("owner " + i, amount));
    }
    assertThat(query("select amount from purses")).containsExactly(String.valueOf(amount));
    assertThat(purses().history("1", 0, 100)).hasSize(41);
  }

  @Test
  void refusesNothingThatTheRowAllowsByNow() throws SQLException {
    purses().call("1", "open", new Opening("ann"));
    purses().call("1", "lock", "for now");
    run("update purses set state = 'Open', amount = 7 where id = 1");
    assertThat(purses().call("1", "add", 1).as(Purse.Open.class).amount()).isEqualTo(8);

    run("delete from purses where id = 1");
    assertThat(
            catchThrowableOfType(RefusedException.class, () -> purses().call("1", "add", 1)).code())
        .isEqualTo(ErrorCode.NOT_FOUND);
    run(
        "insert into purses (id, state, created_at, updated_at, owner, amount) values"
            + " (1, 'Open', '2026-01-02 03:04:05', '2026-01-02 03:04:05', 'cy', -5)");
    assertThatThrownBy(() -> purses().call("1", "add", 4)).hasMessageContaining("below zero");
    run("update purses set amount = 5 where id = 1");
    assertThat(purses().call("1", "add", -4).as(Purse.Open.class).amount()).isEqualTo(1);
  }

  @Test
  void showsAtOnceWhatPlainSqlWrote() throws SQLException {
    purses().call("1", "open", new Opening("ann"));
    for (int i = 1; i <= 10; i++) {
      purses().call("1", "add", 1);
      run("update purses set amount = " + 100 * i + " where id = 1");
      assertThat(purses().read("1").as(Purse.Open.class).amount()).isEqualTo(100 * i);
    }
    purses().call("1", "add", 1);
    run("delete from purses where id = 1");
    assertThat(purses().find("1")).isNull();
  }

  @Test
  void movesRowsThatTheDatabaseChangesAfterEachMove() throws SQLException {
    for (String statement : meddling()) {
      run(statement);
    }
    int moves = 100;
    purses().call("1", "open", new Opening("ann"));
    for (int i = 0; i < moves; i++) {
      int before = 101 * i;
      assertThat(purses().call("1", "add", 1).as(Purse.Open.class).amount()).isEqualTo(before + 1);
    }
    assertThat(query("select amount from purses")).containsExactly(String.valueOf(101 * moves));
    assertThat(purses().history("1", 0, 1000)).hasSize(moves + 1);
    assertThat(code.decided.get()).as("not each move is decided twice").isLessThan(moves + 30);
  }

  /// Holds a row, and moves others meanwhile.
  final void setsAsideOnlyThePartitionOfALockedRow() throws Exception {
    purses().call("1", "open", new Opening("ann"));
    purses().call("1", "add", 1);
    int held = new Key("purse", "1").partition(PARTITIONS);
    List<String> others =
        IntStream.range(2, 50)
            .mapToObj(String::valueOf)
            .filter(key -> new Key("purse", key).partition(PARTITIONS) != held)
            .toList();
    try (Connection holder = connect();
        Statement statement = holder.createStatement();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      holder.setAutoCommit(false);
      statement.execute("select 1 from purses where id = 1 for update");
      Future<?> waiting = threads.submit(() -> addWhenFree("1", 10));
      for (String key : others) {
        purses().call(key, "open", new Opening("bob"));
        purses().call(key, "add", 3);
      }
      assertThat(waiting.isDone()).as("the row is locked").isFalse();
      statement.execute("update purses set amount = 1000 where id = 1");
      holder.commit();
      waiting.get();
    }
    assertThat(query("select amount from purses where id = 1")).containsExactly("1010");
    assertThat(query("select distinct amount from purses where id <> 1")).containsExactly("3");
  }

  /// Moves a row, also if others lock it for longer than the engine waits.
  private Object addWhenFree(String key, int amount) {
    while (true) {
      try {
        return purses().call(key, "add", amount);
      } catch (UnavailableException e) {
        assertThat(e).hasMessageContaining("holds this partition, nothing happened");
      }
    }
  }

  @Test
  void decidesAheadOnOneRow() throws Exception {
    purses().call("1", "open", new Opening("ann"));
    var calls = new ArrayList<Future<?>>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 300; i++) {
        calls.add(threads.submit(() -> purses().call("1", "add", 1)));
      }
    }
    for (Future<?> call : calls) {
      call.get();
    }
    assertThat(query("select amount from purses")).containsExactly("300");
    assertThat(purses().read("1").version()).isEqualTo(301);
  }

  @Test
  void leavesNoTraceOfWhatACheckRefuses() throws SQLException {
    purses().call("1", "open", new Opening("ann"));
    assertThatThrownBy(() -> purses().call("1", "add", -1))
        .hasMessageContaining("validation positive of Open → Open failed: below zero");
    assertThat(query("select sum(last_offset) from detent_partition")).containsExactly("1");
    assertThat(query("select count(*) from detent_event")).containsExactly("1");
  }

  @Test
  void tellsWhichKeysCanBeIds() {
    assertThatThrownBy(() -> purses().call("042", "open", new Opening("ann")))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining(
            "expected a key that is a whole number of 64 bits without leading zeros, got '042'");
    assertThat(purses().find("042")).isNull();
  }

  @Test
  void doesNotStartOnATableThatDoesNotFit() throws SQLException {
    Objects.requireNonNull(detent).close();
    detent = null;
    run("alter table purses drop column owner");
    try (Store store = open()) {
      assertThatThrownBy(() -> Detent.builder(store).machine(code).start())
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("column owner: expected")
          .hasMessageContaining("got no such column");
      Machine missing =
          Machine.define("other", Purse.class)
              .initial(Purse.Open.class)
              .table(TableDefinition.of("nowhere"))
              .build();
      assertThatThrownBy(() -> Detent.builder(store).machine(missing).start())
          .hasMessageContaining("table nowhere: expected it, got no such table");
    }
  }

  private void run2(String sql) {
    try {
      run(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  final void run(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  final List<String> query(String sql) throws SQLException {
    try (Connection connection = connect();
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
