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
import java.io.IOException;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;

/// Moves instances in transactions of its own, in a process of its own, with several threads on a
/// pool and no engine, until it is stopped or killed.
final class CallerProcess {
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

  private CallerProcess() {}

  /// Starts a process.
  ///
  /// @param url a JDBC URL of PostgreSQL
  static ChildJvm start(String url, int seed) throws IOException {
    return ChildJvm.start(CallerProcess.class, url, String.valueOf(seed));
  }

  /// Returns the moves that were committed by the word of a process that has ended, as `key
  /// version`.
  static List<String> acknowledged(ChildJvm process) throws InterruptedException {
    return process.lines().stream()
        .filter(line -> line.endsWith(".")) // the last one may be cut
        .map(line -> line.substring(0, line.length() - 1))
        .toList();
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
