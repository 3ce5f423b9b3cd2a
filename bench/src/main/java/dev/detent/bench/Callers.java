// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;

/// Measures callers that each move one row in a transaction of their own, on pooled connections. No
/// two of them move the same row.
final class Callers implements Case {
  /// How many callers there are.
  static final int COUNT = 16;

  /// Moves a row.
  @FunctionalInterface
  interface Move {
    /// Moves a row in a transaction that the caller commits.
    ///
    /// @param index which key, of [Keys#all]
    void run(Connection transaction, int index) throws SQLException;
  }

  private final String name;
  private final DataSource pool;
  private final Move move;
  private final int[] next = new int[COUNT];

  /// Makes a case.
  ///
  /// @param name its name
  /// @param pool connections that do not commit by themselves, one for each caller
  /// @param move what each transaction does
  Callers(String name, DataSource pool, Move move) {
    this.name = name;
    this.pool = pool;
    this.move = move;
    for (int caller = 0; caller < COUNT; caller++) {
      next[caller] = caller;
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Run run(Duration length) throws Exception {
    var latencies = new Samples();
    long start = System.nanoTime();
    long end = start + length.toNanos();
    try (ExecutorService threads = Executors.newFixedThreadPool(COUNT)) {
      var ran = new ArrayList<Future<Samples>>();
      for (int i = 0; i < COUNT; i++) {
        int caller = i;
        Callable<Samples> calls = () -> call(caller, end);
        ran.add(threads.submit(calls));
      }
      for (Future<Samples> each : ran) {
        latencies.addAll(each.get());
      }
    }
    return Run.of(latencies.count(), System.nanoTime() - start, latencies);
  }

  private Samples call(int caller, long end) throws SQLException {
    var latencies = new Samples();
    long now = System.nanoTime();
    while (now < end) {
      long began = now;
      try (Connection connection = pool.getConnection()) {
        move.run(connection, next[caller]);
        connection.commit();
      }
      next[caller] = (next[caller] + COUNT) % Keys.COUNT;
      now = System.nanoTime();
      latencies.add(now - began);
    }
    return latencies;
  }
}
