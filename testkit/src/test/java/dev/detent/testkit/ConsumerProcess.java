// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import com.zaxxer.hikari.HikariDataSource;
import dev.detent.event.Consumer;
import dev.detent.event.ConsumerBuilder;
import dev.detent.event.Consumers;
import dev.detent.event.Event;
import dev.detent.sql.SqlStore;
import dev.detent.store.Store;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Consumes events in a process of its own, which can be killed, or halts itself at a place.
final class ConsumerProcess implements AutoCloseable {
  private static final int HALTED = 99;
  private static final int OVERLAPPED = 98;

  private final Process process;

  /// A permit for each event that it has handled.
  private final Semaphore handled = new Semaphore(0);

  private ConsumerProcess(Process process) {
    this.process = process;
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    Thread.ofVirtual().name("said-by-" + process.pid()).start(() -> count(out));
  }

  /// Starts a process.
  ///
  /// @param place a JDBC URL of PostgreSQL, or a SQLite file
  /// @param mode `tx`, `job` (the same up to the head) or `alone` (without a transaction)
  /// @param halt where it halts, such as `before:17`, or `never`
  static ConsumerProcess start(String place, String mode, String halt) throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            ConsumerProcess.class.getName(),
            place,
            mode,
            halt);
    return new ConsumerProcess(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start());
  }

  /// Waits until it has handled so many events more.
  void awaitHandled(int count) throws InterruptedException {
    if (!handled.tryAcquire(count, 60, TimeUnit.SECONDS)) {
      throw new AssertionError(
          "handled: expected " + count + " events more, got " + handled.availablePermits());
    }
  }

  /// Sends SIGKILL and waits until the process is gone.
  void kill() throws InterruptedException {
    process.destroyForcibly();
    exitCode();
  }

  /// Has it stop as it should.
  void stop() throws IOException, InterruptedException {
    process.outputWriter().close();
    if (exitCode() != 0) {
      throw new AssertionError("it ended with " + process.exitValue());
    }
  }

  /// Waits for its end, and tells whether it halted where it was told to.
  boolean halted() throws InterruptedException {
    int code = exitCode();
    if (code != HALTED && code != 0) {
      throw new AssertionError("it ended with " + code);
    }
    return code == HALTED;
  }

  private void count(BufferedReader out) {
    try (out) {
      while (out.readLine() != null) {
        handled.release();
      }
    } catch (IOException e) {
      // It was killed: what it said last is lost with it.
      System.getLogger(ConsumerProcess.class.getName()).log(System.Logger.Level.DEBUG, "said", e);
    }
  }

  private int exitCode() throws InterruptedException {
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      throw new AssertionError("still running");
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
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
    Consumers consumers = Consumers.of(store, Duration.ofSeconds(1));
    ConsumerBuilder builder = consumers.consumer("writer").batch(args[2].equals("never") ? 5 : 1);
    if (args[1].equals("alone")) {
      builder.handle(event -> alone(pool, event));
    } else {
      builder.handle((event, tx) -> {
        haltAt(args[2], "before", event);
        ConsumerTrials.insert(tx, event);
        haltAt(args[2], "after", event);
        say(event);
      });
    }
    if (args[1].equals("job")) {
      try (Consumer job = builder.toHead().start()) {
        job.await();
      }
    } else {
      builder.start();
      while (System.in.read() >= 0) {
        // Until the other side closes it.
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
