// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import com.zaxxer.hikari.HikariDataSource;
import dev.detent.event.Consumer;
import dev.detent.event.ConsumerBuilder;
import dev.detent.event.Consumers;
import dev.detent.event.Event;
import dev.detent.sql.SqlStore;
import dev.detent.store.Store;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/// Consumes events in a process of its own, which can be killed, or halts itself at a place.
final class ConsumerProcess {
  /// How a process ends that halted where it was told to.
  static final int HALTED = 99;

  private static final int OVERLAPPED = 98;
  private static final CountDownLatch TOLD = new CountDownLatch(1);

  private ConsumerProcess() {}

  /// Starts a process.
  ///
  /// @param place a JDBC URL of PostgreSQL, or a SQLite file
  /// @param mode `tx`, `job` (the same up to the head) or `alone` (without a transaction)
  /// @param halt where it halts, such as `before:17`, or `never`; or `held` if every handler waits
  ///   after its SQL until the process is told to go on; `unbound` if the server does not end the
  ///   transactions that wait so
  static ChildJvm start(String place, String mode, String halt) throws IOException {
    return ChildJvm.start(ConsumerProcess.class, place, mode, halt);
  }

  /// Runs in the other process.
  public static void main(String[] args) throws Exception {
    var pool = new HikariDataSource();
    boolean sqlite = !args[0].startsWith("jdbc:");
    if (!sqlite) {
      pool.setJdbcUrl(args[0]);
      pool.setMaximumPoolSize(6);
    }
    Store store =
        sqlite ? SqlStore.sqlite(Path.of(args[0])).open() : SqlStore.postgres(pool).open();
    // Who takes no transaction sees events twice when its lease runs out while it stands still.
    Duration lease = Duration.ofSeconds(args[1].equals("alone") ? 60 : 1);
    Consumers consumers = Consumers.of(store, lease);
    ConsumerBuilder builder = consumers.consumer("writer").batch(args[2].equals("never") ? 5 : 1);
    if (args[1].equals("alone")) {
      builder.handle(event -> alone(pool, event));
    } else {
      builder.handle((event, tx) -> {
        haltAt(args[2], "before", event);
        if (args[2].equals("unbound")) {
          unbind(tx);
        }
        ConsumerTrials.insert(tx, event);
        haltAt(args[2], "after", event);
        say(event);
        if (args[2].equals("held") || args[2].equals("unbound")) {
          TOLD.await();
        }
      });
    }
    if (args[1].equals("job")) {
      try (Consumer job = builder.toHead().start()) {
        job.await();
      }
    } else {
      builder.start();
      while (System.in.read() >= 0) {
        TOLD.countDown(); // and so on until the other side closes it
      }
    }
    consumers.close();
    store.close();
    pool.close();
  }

  /// Handles an event, and notices if somebody else is at work in the same partition.
  private static void alone(HikariDataSource pool, Event event) throws SQLException {
    int partition = event.offset().partition();
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("insert into busy values (" + partition + ")");
      ConsumerTrials.insert(connection, event);
      statement.execute("delete from busy where partition_id = " + partition);
      say(event);
    } catch (SQLException e) {
      Runtime.getRuntime().halt(OVERLAPPED);
    }
  }

  private static void unbind(Connection tx) throws SQLException {
    try (Statement statement = tx.createStatement()) {
      statement.execute("set local idle_in_transaction_session_timeout = 0");
    }
  }

  private static void haltAt(String halt, String place, Event event) {
    if (halt.equals(place + ":" + event.version())) {
      Runtime.getRuntime().halt(HALTED);
    }
  }

  private static void say(Event event) {
    System.out.println(event.offset());
    System.out.flush();
  }
}
