// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.detent.DetentException;
import dev.detent.annotation.StateMachine;
import dev.detent.annotation.Table;
import dev.detent.annotation.Transition;
import dev.detent.annotation.Validate;
import dev.detent.codec.Json;
import dev.detent.engine.Detent;
import dev.detent.handler.Context;
import dev.detent.machine.Machine;
import dev.detent.sql.SqlStore;
import dev.detent.store.EventRow;
import dev.detent.store.Store;
import dev.detent.table.Refusal;
import dev.detent.table.TableClient;
import dev.detent.table.Tables;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Moves rows in transactions of the caller's, on a real database.
abstract class TablesTrial {
  sealed interface Bill {
    record Drawn(String customer, long cents) implements Bill {}

    record Sent(String address) implements Bill {}

    record Settled(String by) implements Bill {}
  }

  @StateMachine("bill")
  @Table(name = "bills", state = "status", version = "revision")
  static final class BillMachine {
    @Transition
    Bill.Drawn begin(Long cents) {
      return new Bill.Drawn("nobody", cents);
    }

    @Transition
    Bill.Drawn add(Bill.Drawn from, long cents) {
      return new Bill.Drawn(from.customer(), from.cents() + cents);
    }

    @Transition
    Bill.Sent post(Bill.Drawn from, String address) {
      return new Bill.Sent(address);
    }

    @Transition
    Bill.Settled settle(Bill.Sent from, String by) {
      return new Bill.Settled(by);
    }

    @Transition
    Bill.Settled collect(Bill.Sent from, String by, Context ctx) {
      return new Bill.Settled(by);
    }

    @Validate
    void positive(Bill.Drawn to) {
      if (to.cents() < 0) {
        throw new IllegalStateException("below zero");
      }
    }

    @Validate
    void known(Bill.Settled to, Connection connection) throws SQLException {
      try (Statement statement = connection.createStatement();
          ResultSet rows =
              statement.executeQuery("select count(*) from bills where status = 'Settled'")) {
        rows.next();
        if (to.by().equals("nobody")) {
          throw new IllegalStateException(rows.getInt(1) + " settled, by nobody");
        }
      }
    }
  }

  private Store store;
  TableClient<BillMachine> bills;

  abstract Store open();

  /// Opens a connection in auto-commit whose transactions may join in.
  abstract Connection connect() throws SQLException;

  abstract String dialect();

  abstract void closeSource();

  @BeforeEach
  void start() throws SQLException {
    store = open();
    String script =
        SqlStore.ddl(dialect(), Objects.requireNonNull(Machine.of(new BillMachine()).table()));
    for (String statement : script.split(";\n", -1)) {
      if (!statement.isBlank()) {
        run(statement);
      }
    }
    run("create table notes (id integer primary key, bill integer)");
    bills = Tables.open(store).machine(new BillMachine());
  }

  @AfterEach
  void stop() {
    store.close();
    closeSource();
  }

  @Test
  void movesRowsTogetherWithTheCallersOwnSql() throws Exception {
    long id =
        in(connection -> {
          long made =
              bills.in(connection).metadata(Json.parse("{\"who\":\"me\"}")).create(drawn(5));
          run(connection, "insert into notes values (1, " + made + ")");
          assertThat(bills.in(connection).call(made, BillMachine::add, 7L))
              .isEqualTo(new Bill.Drawn("ann", 12));
          assertThat(
                  bills.in(connection).move(made, Bill.Drawn.class, new Bill.Sent("here")).state())
              .isEqualTo("Sent");
          return made;
        });
    assertThat(query("select customer, cents, address, status from bills"))
        .containsExactly("ann|12|here|Sent");
    assertThat(query("select bill from notes")).containsExactly(String.valueOf(id));
    assertThat(store.history(key(id), 0, 10))
        .extracting(event -> event.version() + " " + event.from() + " " + event.to())
        .containsExactly("1 null Drawn", "2 Drawn Drawn", "3 Drawn Sent");
    assertThat(store.history(key(id), 0, 1).getFirst().metadata()).isEqualTo("{\"who\":\"me\"}");
  }

  @Test
  void leavesNoTraceOfWhatIsRolledBack() throws Exception {
    try (Connection connection = connect()) {
      connection.setAutoCommit(false);
      bills.in(connection).create(drawn(5));
      connection.rollback();
    }
    assertThat(query("select count(*) from bills")).containsExactly("0");
    assertThat(query("select sum(last_offset) from detent_partition")).containsExactly("0");
    long id = in(connection -> bills.in(connection).create(BillMachine::begin, 9L));
    assertThat(query("select customer, cents from bills")).containsExactly("nobody|9");
    assertThat(store.history(key(id), 0, 10)).hasSize(1);
  }

  @Test
  void tellsRefusalsApartAndStaysUsable() throws Exception {
    long id = in(connection -> bills.in(connection).create(drawn(5)));
    in(connection -> {
      var now = bills.in(connection);
      assertThat(refusal(() -> now.move(id + 1, Bill.Drawn.class, new Bill.Sent("x"))))
          .isEqualTo(Refusal.NO_SUCH_ROW);
      assertThat(refusal(() -> now.move(id, Bill.Sent.class, new Bill.Settled("x"))))
          .isEqualTo(Refusal.OTHER_STATE);
      assertThat(refusal(() -> now.call(id, BillMachine::settle, "x")))
          .isEqualTo(Refusal.OTHER_STATE);
      assertThat(refusal(() -> now.move(id, Bill.Drawn.class, new Bill.Settled("x"))))
          .isEqualTo(Refusal.NOT_DECLARED);
      assertThat(refusal(() -> now.call(id, "add", "no number"))).isEqualTo(Refusal.MISFIT);
      assertThat(refusal(() -> now.call(id, BillMachine::add, -9L))).isEqualTo(Refusal.INVALID);
      assertThat(refusal(() -> now.create(drawn(-1)))).isEqualTo(Refusal.INVALID);
      assertThat(refusal(() -> now.ifVersion(4).call(id, BillMachine::add, 1L)))
          .isEqualTo(Refusal.VERSION_MOVED);
      assertThat(refusal(() -> now.create("77", drawn(1)))).isEqualTo(Refusal.OTHER);
      now.ifVersion(1).call(id, BillMachine::add, 1L);
      now.call(id, BillMachine::post, "there");
      assertThat(refusal(() -> now.call(id, BillMachine::settle, "nobody")))
          .isEqualTo(Refusal.INVALID);
      assertThat(refusal(() -> now.call(id, "collect", "x"))).isEqualTo(Refusal.OTHER);
      assertThat(Objects.requireNonNull(now.read(id)).as(Bill.Sent.class).address())
          .isEqualTo("there");
      assertThat(now.read(id + 1)).isNull();
      return true;
    });
    assertThat(query("select cents, address, status from bills")).containsExactly("6|there|Sent");
    assertThat(store.history(key(id), 0, 10))
        .extracting(EventRow::version)
        .containsExactly(1L, 2L, 3L);
    assertThat(query("select sum(last_offset) from detent_partition")).containsExactly("3");
  }

  @Test
  void staysUsableWhenTheTableItselfRefusesAMove() throws Exception {
    run("create unique index one_amount on bills (cents)");
    long one = in(connection -> bills.in(connection).create(drawn(5)));
    in(connection -> bills.in(connection).create(drawn(6)));
    in(connection -> {
      run(connection, "insert into notes values (1, 1)");
      var now = bills.in(connection);
      assertThat(refusal(() -> now.call(one, BillMachine::add, 1L))).isEqualTo(Refusal.OTHER);
      return now.call(one, BillMachine::add, 5L);
    });
    assertThat(query("select cents from bills order by id")).containsExactly("10", "6");
    assertThat(query("select count(*) from notes")).containsExactly("1");
    assertThat(store.history(key(one), 0, 10))
        .extracting(EventRow::version)
        .containsExactly(1L, 2L);
    assertThat(query("select sum(last_offset) from detent_partition")).containsExactly("3");
  }

  @Test
  void leavesTheCallersSavepointsAlone() throws Exception {
    long one = in(connection -> bills.in(connection).create(drawn(5)));
    long two = in(connection -> bills.in(connection).create(drawn(50)));
    in(connection -> {
      var now = bills.in(connection);
      now.call(one, BillMachine::add, 1L);
      Savepoint first = connection.setSavepoint("first");
      now.call(one, BillMachine::add, 100L);
      now.call(two, BillMachine::add, 100L);
      connection.rollback(first);
      now.call(two, BillMachine::add, 1L);
      Savepoint second = connection.setSavepoint("second");
      now.call(one, BillMachine::add, 1L);
      connection.releaseSavepoint(second);
      return now.call(one, BillMachine::add, 1L);
    });
    assertThat(query("select cents from bills order by id")).containsExactly("8", "51");
    assertThat(store.history(key(one), 0, 10))
        .extracting(EventRow::version)
        .containsExactly(1L, 2L, 3L, 4L);
    assertThat(query("select sum(last_offset) from detent_partition")).containsExactly("6");
  }

  @Test
  void saysWhatWasExpectedAndWhatThereIs() throws Exception {
    long id = in(connection -> bills.in(connection).create(drawn(5)));
    in(connection -> {
      var now = bills.in(connection);
      Bill.Settled settled = new Bill.Settled("x");
      assertThat(message(() -> now.move(id + 1, Bill.Drawn.class, new Bill.Sent("x"))))
          .startsWith("bill/" + (id + 1) + ": no such instance");
      assertThat(message(() -> now.move(id, Bill.Sent.class, settled)))
          .endsWith(": to enter Settled, expected state Sent, got Drawn; allowed there: add, post");
      assertThat(message(() -> now.call(id, BillMachine::settle, "x")))
          .endsWith(": command settle is not allowed in state Drawn; allowed: add, post");
      assertThat(message(() -> now.move(id, Bill.Drawn.class, settled)))
          .contains("machine bill declares no transition from Drawn to Settled");
      assertThat(message(() -> now.call(id, "add", "no number")))
          .contains("expected a whole number of at most 64 bits, got \"no number\"");
      assertThat(message(() -> now.call(id, BillMachine::add, -9L)))
          .contains("validation positive of Drawn → Drawn failed: below zero");
      assertThat(message(() -> now.ifVersion(4).call(id, BillMachine::add, 1L)))
          .endsWith(": expected version 4, got version 1; read it again");
      return true;
    });
  }

  @Test
  void guardsByTheVersionOfTheRowItself() throws Exception {
    long id = in(connection -> bills.in(connection).create(drawn(5)));
    long read = Long.parseLong(query("select revision from bills").getFirst());
    in(connection -> {
      var now = bills.in(connection);
      assertThat(now.rowVersion(id)).isEqualTo(read);
      now.ifRowVersion(read).call(id, BillMachine::add, 1L);
      assertThat(now.rowVersion(id)).isEqualTo(read + 1);
      var stale = now.ifRowVersion(read);
      assertThat(refusal(() -> stale.call(id, "add", 1L))).isEqualTo(Refusal.VERSION_MOVED);
      assertThat(message(() -> stale.move(id, Bill.Drawn.class, new Bill.Sent("x"))))
          .isEqualTo(
              "bill/%d: expected version %d in its row, got version %d; read it again"
                  .formatted(id, read, read + 1));
      assertThat(refusal(() -> stale.call(id + 1, BillMachine::add, 1L)))
          .isEqualTo(Refusal.NO_SUCH_ROW);
      assertThat(now.rowVersion(id + 1)).isNull();
      assertThat(refusal(() -> stale.metadata(new byte[1]).call(id, BillMachine::add, 1L)))
          .isEqualTo(Refusal.VERSION_MOVED);
      return now;
    });
    // Plain SQL raises it too, as whoever uses optimistic locks does.
    run("update bills set revision = revision + 5, customer = 'eve'");
    in(connection -> {
      var now = bills.in(connection);
      assertThat(refusal(() -> now.ifRowVersion(read + 1).call(id, BillMachine::add, 1L)))
          .isEqualTo(Refusal.VERSION_MOVED);
      return now.ifRowVersion(read + 6).move(id, Bill.Drawn.class, new Bill.Sent("there"));
    });
    assertThat(query("select cents, customer, address, revision from bills"))
        .containsExactly("6|eve|there|" + (read + 7));
    assertThat(query("select sum(last_offset) from detent_partition")).containsExactly("3");
  }

  @Test
  void letsOnlyOneOfSeveralCallersPassWithTheSameRowVersion() throws Exception {
    long id = in(connection -> bills.in(connection).create(drawn(0)));
    for (int round = 0; round < 5; round++) {
      long read = Long.parseLong(query("select revision from bills").getFirst());
      try (var threads = Executors.newFixedThreadPool(4)) {
        var work = new ArrayList<Future<Boolean>>();
        for (int thread = 0; thread < 4; thread++) {
          work.add(threads.submit(() -> passes(id, read)));
        }
        int passed = 0;
        for (Future<Boolean> each : work) {
          passed += each.get() ? 1 : 0;
        }
        assertThat(passed).isOne();
      }
    }
    assertThat(query("select cents from bills")).containsExactly("5");
  }

  private boolean passes(long id, long read) throws Exception {
    try {
      in(connection -> bills.in(connection).ifRowVersion(read).call(id, BillMachine::add, 1L));
      return true;
    } catch (DetentException e) {
      assertThat(Refusal.of(e)).isEqualTo(Refusal.VERSION_MOVED);
      return false;
    }
  }

  private static String message(ThrowingCallable what) {
    return catchThrowableOfType(DetentException.class, what).problem().detail();
  }

  private static Refusal refusal(ThrowingCallable what) {
    return Refusal.of(catchThrowableOfType(DetentException.class, what));
  }

  @Test
  void worksFromManyThreadsBesideAnEngine() throws Exception {
    long one = in(connection -> bills.in(connection).create(drawn(0)));
    long two = in(connection -> bills.in(connection).create(drawn(0)));
    try (Detent detent = Detent.builder(store).machine(new BillMachine()).start();
        var threads = Executors.newFixedThreadPool(6)) {
      var work = new ArrayList<Future<?>>();
      for (int thread = 0; thread < 3; thread++) {
        work.add(threads.submit(() -> callers(one, two)));
        work.add(threads.submit(() -> clients(detent, one)));
      }
      for (Future<?> each : work) {
        each.get();
      }
      assertThat(detent.machine(BillMachine.class).read(String.valueOf(one)).data().text())
          .contains("\"cents\":120");
      assertThat(query("select cents from bills order by id")).containsExactly("120", "60");
      assertThat(query("select count(*) from detent_event")).containsExactly("182");
      assertThat(query("select sum(last_offset) from detent_partition")).containsExactly("182");
      var joined = Tables.of(detent).machine(new BillMachine());
      Bill.Drawn last = detent.transaction(tx -> joined.in(tx).call(two, BillMachine::add, 1L));
      assertThat(last).isEqualTo(new Bill.Drawn("ann", 61));
      store = open2(detent);
    }
  }

  @Test
  void locksInOneOrderWhateverTheCallersSay() throws Exception {
    long one = in(connection -> bills.in(connection).create(drawn(0)));
    long other = one;
    while (key(other).partition(4) == key(one).partition(4)) {
      other = in(connection -> bills.in(connection).create(drawn(0)));
    }
    long two = other;
    try (var threads = Executors.newFixedThreadPool(4)) {
      var work = new ArrayList<Future<?>>();
      for (int thread = 0; thread < 4; thread++) {
        boolean turned = thread % 2 == 0;
        work.add(threads.submit(() -> callers(turned ? two : one, turned ? one : two)));
      }
      for (Future<?> each : work) {
        each.get();
      }
    }
    assertThat(query("select cents from bills where id in (" + one + ", " + two + ")"))
        .containsExactly("80", "80");
  }

  /// The engine closes its store.
  private Store open2(Detent detent) {
    detent.close();
    return open();
  }

  private Void callers(long one, long two) throws Exception {
    for (int i = 0; i < 20; i++) {
      in(connection -> {
        var now = bills.in(connection);
        now.lock(one, two);
        now.call(one, BillMachine::add, 1L);
        return now.call(two, BillMachine::add, 1L);
      });
    }
    return null;
  }

  private static Void clients(Detent detent, long one) {
    for (int i = 0; i < 20; i++) {
      detent.machine(BillMachine.class).call(String.valueOf(one), BillMachine::add, 1L);
    }
    return null;
  }

  static Bill.Drawn drawn(long cents) {
    return new Bill.Drawn("ann", cents);
  }

  private static dev.detent.Key key(long id) {
    return new dev.detent.Key("bill", String.valueOf(id));
  }

  interface Part<T> {
    T run(Connection connection) throws Exception;
  }

  <T> T in(Part<T> part) throws Exception {
    try (Connection connection = connect()) {
      connection.setAutoCommit(false);
      T result = part.run(connection);
      connection.commit();
      return result;
    }
  }

  static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  void run(String sql) throws SQLException {
    try (Connection connection = connect()) {
      run(connection, sql);
    }
  }

  List<String> query(String sql) throws SQLException {
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
