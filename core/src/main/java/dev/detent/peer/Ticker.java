// SPDX-License-Identifier: Apache-2.0
package dev.detent.peer;

import java.util.concurrent.locks.LockSupport;

/// Does something again and again, and tells the time that deadlines are measured by.
///
/// It has a thread of its own, and none of the virtual ones: these may all be busy, and time goes
/// on.
final class Ticker {
  private static final System.Logger LOG = System.getLogger(Ticker.class.getName());
  private static final long TICK_NANOS = 25_000_000;
  private static final long ORIGIN = System.nanoTime();

  private final Runnable work;
  private final Thread thread;
  private volatile boolean stopped;

  private Ticker(String name, Runnable work) {
    this.work = work;
    this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
  }

  /// Starts doing the work every 25 ms.
  static Ticker start(String name, Runnable work) {
    var ticker = new Ticker(name, work);
    ticker.thread.start();
    return ticker;
  }

  /// Returns the nanoseconds since this class was loaded, plus one: never 0.
  static long nanos() {
    return System.nanoTime() - ORIGIN + 1;
  }

  /// Ends it, soon.
  void stop() {
    stopped = true;
    LockSupport.unpark(thread);
  }

  private void run() {
    while (!stopped) {
      try {
        work.run();
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.ERROR, "connections between nodes: one look failed", e);
      }
      LockSupport.parkNanos(TICK_NANOS);
    }
  }
}
