// SPDX-License-Identifier: Apache-2.0
package dev.detent.examples;

import dev.detent.event.Consumers;
import dev.detent.event.Event;
import dev.detent.examples.OwnTableMachine.Payment.Completed;
import dev.detent.examples.OwnTableMachine.Payment.Created;
import dev.detent.machine.Machine;
import dev.detent.sql.SqlStore;
import dev.detent.store.Store;
import dev.detent.table.TableClient;
import dev.detent.table.TableTransaction;
import dev.detent.table.Tables;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/// Shows payments in the application's own table and a consumer of their events that sends one
/// receipt for each that is completed: although it is interrupted after it has written one, and is
/// run again. No engine runs.
public final class Receipts {
  private final AtomicBoolean interrupted = new AtomicBoolean();
  private final Store store;
  private final String url;
  private final TableClient<OwnTableMachine> payments;

  private Receipts(Store store, String url) {
    this.store = store;
    this.url = url;
    this.payments = Tables.open(store).machine(new OwnTableMachine());
  }

  /// Runs it.
  ///
  /// @param arguments the folder for the store; without one, a new folder
  public static void main(String... arguments) throws Exception {
    run(Session.folder(arguments), System.out);
  }

  static void run(Path folder, PrintStream out) throws Exception {
    Path file = folder.resolve("receipts.db");
    String url = "jdbc:sqlite:" + file + "?transaction_mode=IMMEDIATE";
    try (Store store = SqlStore.sqlite(file).open()) {
      try (Connection connection = DriverManager.getConnection(url)) {
        OwnTableMachine.createTable(connection, "sqlite", Machine.of(new OwnTableMachine()));
        OwnTableMachine.execute(connection, "create table receipts (payment text, line text)");
      }
      new Receipts(store, url).run(out);
    }
  }

  private void run(PrintStream out) throws Exception {
    long first = submit();
    commit(now -> now.call(first, OwnTableMachine::fail, "no funds"));
    commit(now -> now.call(first, OwnTableMachine::retry));
    commit(now -> now.call(first, OwnTableMachine::complete, "paid 1"));
    long second = submit();
    commit(now -> now.call(second, OwnTableMachine::complete, "paid 2"));
    long third = submit();
    commit(now -> now.call(third, OwnTableMachine::fail, "no funds"));
    out.println("> 1 and 2 are completed, 3 has failed");
    send(out);
    out.println("> nothing is new");
    send(out);
    commit(now -> now.call(third, OwnTableMachine::retry));
    commit(now -> now.call(third, OwnTableMachine::complete, "paid 3"));
    out.println("> 3 is completed after all");
    send(out);
  }

  private long submit() throws SQLException {
    long id = commit(now -> now.create(new Created("user123", new BigDecimal("12.50"))));
    commit(now -> now.call(id, OwnTableMachine::submit));
    return id;
  }

  private <T> T commit(Function<TableTransaction<OwnTableMachine>, T> work) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url)) {
      connection.setAutoCommit(false);
      T result = work.apply(payments.in(connection));
      connection.commit();
      return result;
    }
  }

  /// Sends the receipts that are due, and shows all that were ever sent.
  private void send(PrintStream out) throws Exception {
    try (var consumers = Consumers.of(store)) {
      consumers
          .consumer("receipts")
          .of(OwnTableMachine.class)
          .types(Completed.class)
          .toHead()
          .handle(this::receipt)
          .start()
          .await();
    }
    try (Connection connection = DriverManager.getConnection(url)) {
      OwnTableMachine.show(connection, out, "select payment, line from receipts order by payment");
    }
  }

  private void receipt(Event event, Connection tx) throws SQLException {
    try (PreparedStatement insert =
        tx.prepareStatement("insert into receipts (payment, line) values (?, ?)")) {
      insert.setString(1, event.key());
      insert.setString(2, event.as(String.class));
      insert.executeUpdate();
    }
    if (event.key().equals("2") && interrupted.compareAndSet(false, true)) {
      throw new IllegalStateException("interrupted"); // the receipt is rolled back with the place
    }
  }
}
