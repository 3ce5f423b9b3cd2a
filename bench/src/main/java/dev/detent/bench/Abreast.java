// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

import dev.detent.engine.Engine;
import dev.detent.event.Consumer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Measures a consumer that reads what an engine writes meanwhile as fast as it can: how many
/// events a second pass through both, and how long after the last answer the consumer has had the
/// last event. Its handler only counts.
final class Abreast implements Case {
  private static final Duration CATCH_UP_MAX = Duration.ofSeconds(60);
  private static final double NANOS_PER_MS = 1e6;

  private final String name;
  private final Engine engine;
  private final EngineCalls calls;
  private final boolean transacted;
  private int consumers;

  /// Makes a case.
  ///
  /// @param name its name
  /// @param engine runs the machine and the consumer
  /// @param calls writes
  /// @param transacted whether the handler is given a transaction
  Abreast(String name, Engine engine, EngineCalls calls, boolean transacted) {
    this.name = name;
    this.engine = engine;
    this.calls = calls;
    this.transacted = transacted;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Run run(Duration length) throws InterruptedException {
    String consumer = (transacted ? "abreast-tx-" : "abreast-") + ++consumers;
    var read = new Count();
    var builder = engine.consumers().consumer(consumer).fromNow();
    if (transacted) {
      builder.handle((event, transaction) -> read.add());
    } else {
      builder.handle(event -> read.add());
    }
    try (Consumer _ = builder.start()) {
      long start = System.nanoTime();
      long written = calls.call(length).count();
      long answered = System.nanoTime();
      read.await(written, name);
      long end = System.nanoTime();
      double rate = written * 1e9 / (end - start);
      return new Run(Map.of(Figure.RATE, rate, Figure.BEHIND, (end - answered) / NANOS_PER_MS));
    } finally {
      engine.consumers().remove(consumer);
    }
  }

  /// Counts events, and tells when there are enough.
  private static final class Count {
    private final AtomicLong read = new AtomicLong();
    private final CountDownLatch enough = new CountDownLatch(1);
    private volatile long wanted = Long.MAX_VALUE;

    void add() {
      if (read.incrementAndGet() >= wanted) {
        enough.countDown();
      }
    }

    void await(long count, String name) throws InterruptedException {
      wanted = count;
      if (read.get() < count && !enough.await(CATCH_UP_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException(
            "%s: expected %,d events, got %,d after %s"
                .formatted(name, count, read.get(), CATCH_UP_MAX));
      }
    }
  }
}
