// SPDX-License-Identifier: Apache-2.0
package dev.detent.event;

import dev.detent.Offset;
import dev.detent.store.ConsumerSql;
import dev.detent.store.CursorRow;
import dev.detent.store.Cursors;
import dev.detent.store.DeadLetterRow;
import dev.detent.store.EventRow;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Holds what the readers of a consumer share.
///
/// **Threads**: safe for any number of threads.
final class Reading {
  private static final int CHUNK_MIN = 500;
  private static final long PATIENCE_MS = 100;

  private final Options options;
  private final Worker worker;
  private final Semaphore permits;
  private final Consumer consumer;
  private volatile long @Nullable [] ends;

  Reading(Options options, Worker worker, Consumer consumer) {
    this.options = options;
    this.worker = worker;
    this.consumer = consumer;
    this.permits = new Semaphore(options.parallel(), true);
  }

  Options options() {
    return options;
  }

  EventHandler plain() {
    return Objects.requireNonNull(options.plain());
  }

  Cursors cursors() {
    return worker.store().cursors();
  }

  ConsumerObserver observer() {
    return worker.observer();
  }

  /// Returns a handler's SQL with what it runs in.
  ConsumerSql around(ConsumerSql sql) {
    return worker.around(sql);
  }

  String worker() {
    return worker.id();
  }

  /// Ends every partition at its head as it is now.
  void endAt(Cursor heads) {
    ends = heads.offsets(worker.store().partitions());
  }

  /// Returns the last event of a partition that is to be read; without an end, the largest number.
  long end(int partition) {
    long[] known = ends;
    return known == null ? Long.MAX_VALUE : known[partition];
  }

  long level(int partition) {
    return worker.log().level(partition);
  }

  List<EventRow> events(int partition, long after, int limit) {
    return worker.store().events(partition, after, limit);
  }

  @Nullable DeadLetterRow letter(Offset offset) {
    return cursors().letter(options.name(), offset);
  }

  /// Returns how many events are read at once at most.
  int chunkMax() {
    return options.selection().wantsAll() ? options.batch() : Math.max(options.batch(), CHUNK_MIN);
  }

  long now() {
    return worker.store().now();
  }

  boolean leased() {
    return worker.leased();
  }

  long patienceMs() {
    return PATIENCE_MS;
  }

  /// Does something while no more partitions than agreed are at work.
  long permitted(LongSupplier work) {
    permits.acquireUninterruptibly();
    try {
      return work.getAsLong();
    } finally {
      permits.release();
    }
  }

  void ended(Reader reader, CursorRow held) {
    consumer.ended(reader, held);
  }
}
