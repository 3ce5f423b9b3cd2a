// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import com.zaxxer.hikari.HikariDataSource;
import dev.detent.Key;
import dev.detent.UnavailableException;
import dev.detent.codec.Json;
import dev.detent.engine.JoinedTransaction;
import dev.detent.engine.MoveOptions;
import dev.detent.machine.Machine;
import dev.detent.sql.SqlStore;
import dev.detent.store.Store;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// Moves instances in transactions of its own, in a process of its own, with several threads on a
/// pool and no engine, until it is stopped or killed.
final class CallerProcess implements AutoCloseable {
  static final int KEYS = 12;
  static final int THREADS = 4;
  static final Machine COUNTER =
      Machine.parse(
          "counter",
          Json.parse(
              """
              {"id":"counter","initial":"even","states":{
                "even":{"on":{"tick":"odd"}},"odd":{"on":{"tick":"even"}}}}
              """));

  private final Process process;
  private final Thread reader;
  private final Semaphore said = new Semaphore(0);
  private final ConcurrentLinkedQueue<String> acknowledged = new ConcurrentLinkedQueue<>();

  private CallerProcess(Process process) {
    this.process = process;
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    this.reader = Thread.ofVirtual().name("said-by-" + process.pid()).start(() -> read(out));
  }

  /// Starts a process.
  ///
  /// @param url a JDBC URL of PostgreSQL
  static CallerProcess start(String url, int seed) throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            CallerProcess.class.getName(),
            url,
            String.valueOf(seed));
    return new CallerProcess(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start());
  }

  /// Waits until it has said of so many moves more that they are committed.
  void awaitMoves(int count) throws InterruptedException {
    if (!said.tryAcquire(count, 60, TimeUnit.SECONDS)) {
      throw new AssertionError(
          "moves: expected " + count + " more, got " + said.availablePermits());
    }
  }

  /// Sends SIGKILL and waits until the process is gone.
  void kill() throws InterruptedException {
    process.destroyForcibly();
    int _ = exitCode();
  }

  /// Has it stop as it should.
  void stop() throws IOException, InterruptedException {
    process.outputWriter().close();
    if (exitCode() != 0) {
      throw new AssertionError("it ended with " + process.exitValue());
    }
  }

  /// Returns the moves that were committed by its own word, as `key version`, once it has ended.
  List<String> acknowledged() throws InterruptedException {
    if (!reader.join(java.time.Duration.ofSeconds(60))) {
      throw new AssertionError("it still speaks");
    }
    return List.copyOf(acknowledged);
  }

  private void read(BufferedReader out) {
    try (out) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (line.endsWith(".")) { // the last one may be cut
          acknowledged.add(line.substring(0, line.length() - 1));
          said.release();
        }
      }
    } catch (IOException e) {
      System.getLogger(CallerProcess.class.getName()).log(System.Logger.Level.DEBUG, "said", e);
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
    try (var pool = new HikariDataSource()) {
      pool.setJdbcUrl(args[0]);
      pool.setMaximumPoolSize(THREADS);
      pool.setAutoCommit(false);
      try (Store store = SqlStore.postgres(pool).open()) {
        moveUntilToldNotTo(store, pool, THREADS * Long.parseLong(args[1]));
      }
    }
  }

  private static void moveUntilToldNotTo(Store store, HikariDataSource pool, long seed)
      throws Exception {
    var over = new AtomicBoolean();
    var tasks = new ArrayList<FutureTask<Boolean>>();
    for (int i = 0; i < THREADS; i++) {
      var random = new Random(seed + i);
      tasks.add(new FutureTask<>(() -> move(store, pool, random, over)));
    }
    tasks.forEach(task -> Thread.ofPlatform().daemon().start(task));
    while (System.in.read() >= 0) {
      // Until the other side closes it.
    }
    over.set(true);
    for (FutureTask<Boolean> task : tasks) {
      boolean _ = task.get();
    }
  }

  private static boolean move(Store store, HikariDataSource pool, Random random, AtomicBoolean over)
      throws Exception {
    while (!over.get()) {
      move(store, pool, random);
    }
    return true;
  }

  private static void move(Store store, HikariDataSource pool, Random random) throws Exception {
    Key key = new Key("counter", "k" + random.nextInt(KEYS));
    Key other = new Key("counter", "k" + random.nextInt(KEYS));
    try (Connection connection = pool.getConnection()) {
      var transaction = JoinedTransaction.of(store, _ -> COUNTER, connection);
      String line;
      if (random.nextInt(3) == 0) {
        transaction.lock(key, other);
        line = tick(transaction, key) + ".\n" + tick(transaction, other) + ".\n";
      } else {
        line = tick(transaction, key) + ".\n";
      }
      if (random.nextInt(6) == 0) {
        connection.rollback();
      } else {
        connection.commit();
        System.out.print(line);
        System.out.flush();
      }
    } catch (UnavailableException e) {
      System.getLogger(CallerProcess.class.getName()).log(System.Logger.Level.DEBUG, "again", e);
    }
  }

  private static String tick(JoinedTransaction transaction, Key key) {
    var moved = transaction.call(key, "tick", Json.NULL, MoveOptions.NONE);
    return key.key() + " " + moved.instance().version();
  }
}
