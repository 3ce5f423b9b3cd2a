// SPDX-License-Identifier: Apache-2.0
package dev.detent.examples;

import dev.detent.engine.Detent;
import dev.detent.event.Event;
import dev.detent.event.OnFailure;
import dev.detent.examples.PaymentMachine.Payment.Completed;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/// Shows a consumer: for each payment that is completed it writes a receipt into a table of the
/// application, in the transaction that also keeps its place. So there is exactly one receipt for
/// each, however often the consumer is interrupted.
public final class Mailer {
  private Mailer() {}

  /// Writes a receipt for a payment that was completed.
  static void receipt(Event event, Connection tx) throws SQLException {
    try (PreparedStatement insert =
        tx.prepareStatement("insert into receipts (payment, line) values (?, ?)")) {
      insert.setString(1, event.key());
      insert.setString(2, event.as(Completed.class).result());
      insert.executeUpdate();
    }
    if (event.key().equals("p-2")) {
      throw new IllegalStateException("no receipts for " + event.key()); // and none is written
    }
  }

  /// Runs it.
  ///
  /// @param arguments the folder for the store; without one, a new folder
  public static void main(String... arguments) throws Exception {
    run(Session.folder(arguments), System.out);
  }

  static void run(Path folder, PrintStream out) throws Exception {
    try (var session = Session.open(PaymentMachine.machine(), "payment", folder, out)) {
      Detent detent = session.detent();
      prepare(detent);
      for (String key : new String[] {"p-1", "p-2", "p-3"}) {
        session.call(key, "Created", "{\"userId\":\"user123\",\"type\":1}");
        session.call(key, "Pending");
        session.call(key, "Completed", "{\"result\":\"paid " + key + "\"}");
      }
      out.println("> mail, up to here");
      detent
          .consumer("mailer")
          .of("payment")
          .types(Completed.class)
          .attemptsMax(2)
          .onFailure(OnFailure.SKIP)
          .toHead()
          .handle(Mailer::receipt)
          .start()
          .await();
      show(detent, out);
    }
  }

  private static void prepare(Detent detent) throws SQLException {
    detent.<Boolean, SQLException>transaction(tx -> {
      try (Statement statement = tx.connection().createStatement()) {
        return statement.execute("create table receipts (payment text primary key, line text)");
      }
    });
  }

  private static void show(Detent detent, PrintStream out) throws SQLException {
    detent.<Boolean, SQLException>transaction(tx -> {
      try (Statement statement = tx.connection().createStatement();
          ResultSet rows = statement.executeQuery("select line from receipts order by payment")) {
        while (rows.next()) {
          out.println("receipt: " + rows.getString(1));
        }
        return true;
      }
    });
    detent
        .consumers()
        .deadLetters("mailer", null, 10)
        .forEach(letter -> out.println("not sent: " + letter.event().instance()));
  }
}
