// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.Supplier;

/// Decides what happens when in a simulated run: one seed, one thread, one queue.
final class Schedule {
  private static final int TRACE_LINES = Integer.getInteger("detent.trace", 150);

  final Random random;
  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>(Comparator.comparingLong(Task::time).thenComparingLong(Task::order));
  private final ArrayDeque<String> trace = new ArrayDeque<>();
  private final boolean tracing;
  private long time = 1_000;
  private long order;
  private long skew = 1_700_000_000_000L;
  private long frozenAt = -1;
  private long clockMax;

  /// Does something at a time.
  private record Task(long time, long order, Runnable work) {}

  Schedule(long seed, boolean tracing) {
    this.random = new Random(seed * 0x9E3779B97F4A7C15L + 1);
    this.tracing = tracing;
  }

  /// Does something later.
  void after(long delay, Runnable work) {
    tasks.add(new Task(time + delay, ++order, work));
  }

  /// Does something a little later.
  void soon(int most, Runnable work) {
    after(random.nextInt(most + 1), work);
  }

  /// Does the next thing, unless that would be later than a time.
  ///
  /// @return whether there was one
  boolean step(long until) {
    Task next = tasks.peek();
    if (next == null || next.time() > until) {
      return false;
    }
    tasks.poll();
    time = next.time();
    clockMax = Math.max(clockMax, clock());
    next.work().run();
    return true;
  }

  /// Lets the time pass in which nothing happens.
  void pass(long until) {
    time = until;
  }

  /// Returns the true time, which nobody in the run knows.
  long time() {
    return time;
  }

  /// Returns the store's clock, which may be wrong.
  long clock() {
    return frozenAt >= 0 ? frozenAt : time + skew;
  }

  /// Returns the latest time that the clock has shown.
  long clockMax() {
    return clockMax;
  }

  /// Sets the clock forth or back.
  void jump(long ms) {
    skew += ms;
    clockMax = Math.max(clockMax, clock());
    trace(() -> "clock jumps by " + ms);
  }

  /// Stops the clock, or lets it go on from where it would be.
  void freeze(boolean frozen) {
    frozenAt = frozen ? clock() : -1;
    trace(() -> "clock frozen: " + frozen);
  }

  /// Tells whether something of this probability happens.
  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  void trace(Supplier<String> line) {
    if (tracing) {
      trace.addLast(time + " " + line.get());
      if (trace.size() > TRACE_LINES) {
        trace.removeFirst();
      }
    }
  }

  /// Returns the last lines of the trace.
  String tail() {
    return String.join("\n", trace);
  }
}
