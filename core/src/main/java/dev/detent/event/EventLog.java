// SPDX-License-Identifier: Apache-2.0
package dev.detent.event;

import dev.detent.ErrorCode;
import dev.detent.Key;
import dev.detent.Problem;
import dev.detent.store.EventRow;
import dev.detent.store.PartitionRow;
import dev.detent.store.Store;
import java.time.Instant;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// Reads the events of all partitions.
///
/// **Guarantees**: only committed events are seen; none is skipped, and those of one instance (and
/// of one partition) come in order. Partitions are merged by the times of their events, so that
/// none is kept waiting by another.
///
/// **Threads**: safe for any number of threads. Its methods block, but for [#advanced].
public final class EventLog {
  private final Store store;
  private final Tide tide;
  private final Timeline timeline;
  private volatile boolean known;

  /// Makes a log over a store.
  public EventLog(Store store) {
    this.store = store;
    this.tide = new Tide(store.partitions());
    this.timeline = new Timeline(store, this);
  }

  /// Returns the events of all partitions in one order that lasts.
  public Timeline timeline() {
    return timeline;
  }

  /// Returns events of one instance, oldest first.
  ///
  /// @param key the instance
  /// @param after only versions above this one, from 0
  /// @param limit at most so many, 1 to 1,000
  public List<EventRow> history(Key key, long after, int limit) {
    return store.history(key, after, limit);
  }

  /// Returns the next events after a cursor.
  ///
  /// Where one machine's are asked for, a page may be empty although more events are there, if many
  /// of others lie between; its `next` has moved behind those.
  ///
  /// @param machine only this machine's, or null for all
  /// @param cursor where to go on; [Cursor#START] for the beginning
  /// @param limit at most so many, 1 to 1,000
  /// @throws dev.detent.RefusedException BAD_REQUEST if the cursor is not of this store
  public Page read(@Nullable String machine, Cursor cursor, int limit) {
    List<PartitionRow> rows = learn();
    requireKnown(cursor, rows);
    Cursor end = Cursor.START;
    for (PartitionRow row : rows) {
      end = end.with(row.partition(), row.lastOffset());
    }
    return new Scan(store, machine, cursor, limit).page(end);
  }

  /// Checks that a cursor is of this store.
  ///
  /// @throws dev.detent.RefusedException BAD_REQUEST if it is not
  public void requireKnown(Cursor cursor) {
    requireKnown(cursor, learn());
  }

  /// Waits until there may be events after a cursor, or the time is over.
  ///
  /// @param cursor where the reader stands
  /// @param waitMsMax how long to wait at most, in milliseconds
  /// @return whether there may be new events
  /// @throws InterruptedException if the thread is interrupted meanwhile
  public boolean await(Cursor cursor, long waitMsMax) throws InterruptedException {
    if (!known) {
      learn();
    }
    return tide.await(cursor, waitMsMax);
  }

  /// Returns the cursor just after the last committed event of every partition.
  public Cursor end() {
    learn();
    return tide.end();
  }

  /// Hears that a partition has grown; wakes those who wait. The engine calls it after a commit.
  ///
  /// @param partition the partition
  /// @param lastOffset the offset of its last committed event
  public void advanced(int partition, long lastOffset) {
    tide.rise(partition, lastOffset);
  }

  /// Returns the cursor just before the first event that is not older than a time, in every
  /// partition.
  ///
  /// @param time the time
  public Cursor before(Instant time) {
    Cursor cursor = Cursor.START;
    long ms = time.toEpochMilli();
    for (PartitionRow row : learn()) {
      cursor = cursor.with(row.partition(), before(row, ms));
    }
    return cursor;
  }

  /// Halves what is left, since times never go back within a partition. Where events are dropped,
  /// the next one that is left stands for them.
  private long before(PartitionRow row, long ms) {
    long low = 0;
    long high = row.lastOffset();
    while (low < high) {
      long middle = low + (high - low) / 2;
      List<EventRow> next = store.events(row.partition(), middle, 1);
      if (next.isEmpty() || next.getFirst().at() >= ms) {
        high = middle;
      } else {
        low = next.getFirst().offset().offset();
      }
    }
    return low;
  }

  /// Has something called with the partition whenever one has grown; it returns at once.
  void whenRisen(IntConsumer watcher) {
    tide.watch(watcher);
  }

  /// Returns the offset of a partition's last event, as far as it is known.
  long level(int partition) {
    return tide.level(partition);
  }

  /// Reads what is committed, whoever committed it.
  List<PartitionRow> learn() {
    List<PartitionRow> rows = store.partitionRows();
    rows.forEach(row -> tide.rise(row.partition(), row.lastOffset()));
    known = true;
    return rows;
  }

  private static void requireKnown(Cursor cursor, List<PartitionRow> rows) {
    boolean ours = cursor.partitions() <= rows.size();
    for (PartitionRow row : rows) {
      ours &= cursor.offset(row.partition()) <= row.lastOffset();
    }
    if (!ours) {
      throw Problem.of(
              ErrorCode.BAD_REQUEST,
              "cursor: expected one of this store, got one beyond its last event; start without it")
          .exception();
    }
  }

  /// Holds some events and where to go on.
  ///
  /// @param events the events, perhaps none
  /// @param cursors the cursor just after each event, in the same order
  /// @param next the cursor after all of them
  public record Page(List<EventRow> events, List<Cursor> cursors, Cursor next) {}
}
