// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.door;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// Does what blocks: few threads, since what they wait for is one database, and a short queue.
///
/// **Threads**: safe for any number of threads.
public final class Workers implements AutoCloseable {
  private static final int THREADS = 4;
  private static final int QUEUE_MAX = 256;

  private final ThreadPoolExecutor pool;

  /// Makes workers; their threads begin when they are needed.
  ///
  /// @param name begins the names of the threads
  public Workers(String name) {
    pool =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            10,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(QUEUE_MAX),
            Thread.ofPlatform().name(name + "-worker-", 0).daemon().factory());
    pool.allowCoreThreadTimeOut(true);
  }

  /// Runs a task, and tells whether there was room for it.
  public boolean run(Runnable task) {
    try {
      pool.execute(task);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  /// Interrupts what runs and forgets what waits.
  @Override
  public void close() {
    pool.shutdownNow();
  }
}
