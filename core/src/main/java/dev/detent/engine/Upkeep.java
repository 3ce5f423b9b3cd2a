// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.store.Store;
import dev.detent.store.StoreException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Looks after the store: proves that it answers, and deletes what need not be kept any longer.
final class Upkeep {
  private static final long PING_MS = 1_000;
  private static final long PURGE_MS = 10_000;
  private static final int PURGE_ROWS = 500;
  private static final int PURGE_ROUNDS = 20;

  private final Store store;
  private final @Nullable Retention retention;
  private final ScheduledExecutorService executor =
      Executors.newScheduledThreadPool(
          1, Thread.ofPlatform().name("detent-upkeep").daemon().factory());
  private volatile Health health = new Health(true, "");

  Upkeep(Store store, @Nullable Retention retention) {
    this.store = store;
    this.retention = retention;
  }

  /// Starts to look after the store from time to time.
  void start() {
    var _ = executor.scheduleWithFixedDelay(this::ping, PING_MS, PING_MS, TimeUnit.MILLISECONDS);
    var _ = executor.scheduleWithFixedDelay(this::purge, PURGE_MS, PURGE_MS, TimeUnit.MILLISECONDS);
    if (retention != null) {
      var _ = executor.scheduleWithFixedDelay(this::drop, PING_MS, PING_MS, TimeUnit.MILLISECONDS);
    }
  }

  /// Stops; waits for what is under way.
  void stop() {
    executor.shutdownNow();
    executor.close();
  }

  /// Returns whether the store answered last time.
  Health health() {
    return health;
  }

  private void ping() {
    try {
      store.ping();
      health = new Health(true, "");
    } catch (StoreException e) {
      health = new Health(false, Trouble.text(e));
    }
  }

  private void purge() {
    try {
      long now = store.now();
      for (int i = 0; i < PURGE_ROUNDS; i++) {
        if (store.purge(now, PURGE_ROWS) < PURGE_ROWS) {
          return;
        }
      }
    } catch (StoreException e) {
      health = new Health(false, Trouble.text(e));
    }
  }

  private void drop() {
    try {
      if (retention != null) {
        retention.run();
      }
    } catch (StoreException e) {
      health = new Health(false, Trouble.text(e));
    }
  }
}
