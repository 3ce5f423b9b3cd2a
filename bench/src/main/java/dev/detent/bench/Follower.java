// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

import dev.detent.event.ConsumerBuilder;
import dev.detent.event.Consumers;
import dev.detent.event.Event;
import dev.detent.store.Store;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/// Measures a new consumer that follows a log from its beginning to its head, and the heap that is
/// used more in the middle than before. Its handler only counts. Each run reads the whole log,
/// however long that takes.
final class Follower implements Case {
  private static final double BYTES_PER_MIB = 1024.0 * 1024.0;

  private final String name;
  private final StoreCommits log;
  private final long events;
  private final boolean transacted;
  private int consumers;

  /// Makes a case.
  ///
  /// @param name its name
  /// @param log writes the log, if it is not written yet
  /// @param events how many events it has
  /// @param transacted whether the handler is given a transaction
  Follower(String name, StoreCommits log, long events, boolean transacted) {
    this.name = name;
    this.log = log;
    this.events = events;
    this.transacted = transacted;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Run run(Duration length) throws InterruptedException {
    log.writeUpTo(events);
    String consumer = (transacted ? "transacted-" : "plain-") + ++consumers;
    return follow(log.store(), consumer);
  }

  private Run follow(Store store, String name) throws InterruptedException {
    var middle = new Middle(events / 2);
    try (Consumers all = Consumers.of(store)) {
      long start = System.nanoTime();
      builder(all.consumer(name), middle).fromBeginning().toHead().start().await();
      long nanos = System.nanoTime() - start - middle.nanos;
      all.remove(name);
      long count = middle.count.get();
      if (count < events) {
        throw new IllegalStateException(
            "%s: expected %,d events, got %,d".formatted(this.name, events, count));
      }
      return new Run(Map.of(Figure.RATE, count * 1e9 / nanos, Figure.HEAP, middle.growth()));
    }
  }

  private ConsumerBuilder builder(ConsumerBuilder builder, Middle middle) {
    return transacted
        ? builder.handle((event, transaction) -> middle.count(event))
        : builder.handle(middle::count);
  }

  private static long heapBytes() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  /// Counts, and looks at the heap halfway; the time that takes does not count.
  private static final class Middle {
    private final AtomicLong count = new AtomicLong();
    private final long half;
    private final long before = heapBytes();
    private volatile long used;
    private volatile long nanos;

    Middle(long half) {
      this.half = half;
    }

    void count(Event event) {
      if (count.incrementAndGet() == half) {
        long start = System.nanoTime();
        used = heapBytes();
        nanos = System.nanoTime() - start;
      }
    }

    double growth() {
      return Math.max(0, used - before) / BYTES_PER_MIB;
    }
  }
}
