// SPDX-License-Identifier: Apache-2.0
package dev.detent.examples;

import dev.detent.DetentException;
import dev.detent.Key;
import dev.detent.annotation.Final;
import dev.detent.annotation.StateMachine;
import dev.detent.annotation.Table;
import dev.detent.annotation.Transition;
import dev.detent.annotation.Validate;
import dev.detent.examples.OwnTableMachine.Payment.Completed;
import dev.detent.examples.OwnTableMachine.Payment.Created;
import dev.detent.examples.OwnTableMachine.Payment.Failed;
import dev.detent.examples.OwnTableMachine.Payment.Pending;
import dev.detent.machine.Machine;
import dev.detent.sql.SqlStore;
import dev.detent.store.Store;
import dev.detent.table.Refusal;
import dev.detent.table.TableClient;
import dev.detent.table.Tables;
import java.io.IOException;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Objects;

/// Shows a machine whose instances are rows of the application's own table `payments`, moved in the
/// same transactions as its table `orders`. No engine runs.
@StateMachine("own-payment")
@Table(name = "payments", state = "status")
public final class OwnTableMachine {
  /// Is one of the four states; their components are columns.
  public sealed interface Payment {
    /// Is asked for.
    ///
    /// @param userId who pays
    /// @param amount how much
    record Created(String userId, BigDecimal amount) implements Payment {}

    /// Is under way.
    record Pending() implements Payment {}

    /// Did not work; it may be tried again.
    ///
    /// @param error why
    record Failed(String error) implements Payment {}

    /// Is done.
    ///
    /// @param result what came of it
    @Final
    record Completed(String result) implements Payment {}
  }

  /// Says what is to be paid.
  ///
  /// @param userId who pays
  /// @param amount how much
  public record Request(String userId, BigDecimal amount) {}

  /// Makes the machine's code.
  public OwnTableMachine() {}

  @Transition
  Created create(Request request) {
    return new Created(request.userId(), request.amount());
  }

  @Transition
  Pending submit(Created from) {
    return new Pending();
  }

  @Transition
  Pending retry(Failed from) {
    return new Pending();
  }

  @Transition
  Failed fail(Pending from, String error) {
    return new Failed(error);
  }

  @Transition
  Completed complete(Pending from, String result) {
    return new Completed(result);
  }

  @Validate
  void positive(Created to) {
    if (to.amount().signum() <= 0) {
      throw new IllegalArgumentException("the amount is not above zero");
    }
  }

  /// Runs it.
  ///
  /// @param arguments the folder for the store; without one, a new folder
  public static void main(String... arguments) throws IOException, SQLException {
    run(Session.folder(arguments), System.out);
  }

  static void run(Path folder, PrintStream out) throws SQLException {
    Path file = folder.resolve("own-payment.db");
    try (Store store = SqlStore.sqlite(file).open();
        Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + file + "?transaction_mode=IMMEDIATE")) {
      String script =
          SqlStore.ddl("sqlite", Objects.requireNonNull(Machine.of(new OwnTableMachine()).table()));
      out.print(script);
      execute(
          connection, "create table orders (id integer primary key, payment integer, paid text)");
      createTable(connection, "sqlite", Machine.of(new OwnTableMachine()));
      var payments = Tables.open(store).machine(new OwnTableMachine());
      connection.setAutoCommit(false);
      long id = order(payments, connection);
      pay(payments, connection, id);
      refused(payments, connection, id, out);
      show(connection, out, "select id, status, user_id, amount, error, result from payments");
      show(connection, out, "select id, payment, paid from orders");
      var key = new Key("own-payment", String.valueOf(id));
      store
          .history(key, 0, 10)
          .forEach(e -> out.println(e.version() + ". " + e.command() + " -> " + e.to()));
    }
  }

  private static long order(TableClient<OwnTableMachine> payments, Connection connection)
      throws SQLException {
    long id = payments.in(connection).create(new Created("user123", new BigDecimal("12.50")));
    execute(connection, "insert into orders values (1, " + id + ", 'no')");
    connection.commit();
    return id;
  }

  private static void pay(TableClient<OwnTableMachine> payments, Connection connection, long id)
      throws SQLException {
    var now = payments.in(connection);
    now.move(id, Created.class, new Pending());
    now.call(id, OwnTableMachine::fail, "no funds");
    connection.commit();

    now = payments.in(connection);
    now.call(id, OwnTableMachine::retry);
    now.call(id, OwnTableMachine::complete, "success!");
    execute(connection, "update orders set paid = 'yes' where id = 1");
    connection.commit();
  }

  private static void refused(
      TableClient<OwnTableMachine> payments, Connection connection, long id, PrintStream out)
      throws SQLException {
    var now = payments.in(connection);
    refusal(out, () -> now.move(id, Pending.class, new Completed("again")));
    refusal(out, () -> now.move(id, Completed.class, new Pending()));
    refusal(out, () -> now.call(99L, OwnTableMachine::retry));
    refusal(out, () -> now.create(new Created("user123", BigDecimal.ZERO)));
    connection.rollback();
  }

  private static void refusal(PrintStream out, Runnable attempt) {
    try {
      attempt.run();
      out.println("done");
    } catch (DetentException e) {
      out.println(Refusal.of(e) + ": " + e.getMessage());
    }
  }

  /// Creates the table of a mapped machine.
  static void createTable(Connection connection, String dialect, Machine machine)
      throws SQLException {
    String script = SqlStore.ddl(dialect, Objects.requireNonNull(machine.table()));
    for (String statement : script.split(";\n", -1)) {
      execute(connection, statement);
    }
  }

  static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      if (!sql.isBlank()) {
        statement.execute(sql);
      }
    }
  }

  static void show(Connection connection, PrintStream out, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        var values = new ArrayList<String>();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          values.add(rows.getString(i));
        }
        out.println(String.join(" | ", values));
      }
    }
  }
}
