// SPDX-License-Identifier: Apache-2.0
package dev.detent.event;

import dev.detent.Key;
import dev.detent.store.EventRow;
import dev.detent.store.PartitionRow;
import dev.detent.store.Store;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads the events of all partitions.
///
/// **Guarantees**: only committed events are seen; none is skipped, and those of one instance (and
/// of one partition) come in order. Those of different partitions come about in the order of their
/// times.
///
/// **Threads**: safe for any number of threads. Its methods block, but for [#advanced].
public final class EventLog {
  /// How many events of other machines a single read may pass over.
  private static final int PASSED_MAX = 10_000;

  private final Store store;
  private final Tide tide;
  private volatile boolean known;

  /// Makes a log over a store.
  public EventLog(Store store) {
    this.store = store;
    this.tide = new Tide(store.partitions());
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
  public Page read(@Nullable String machine, Cursor cursor, int limit) {
    learn();
    Cursor at = cursor;
    for (int passed = 0; passed < PASSED_MAX; ) {
      List<EventRow> rows = slice(at, limit);
      Page page = page(machine, at, rows);
      if (rows.isEmpty() || !page.events().isEmpty()) {
        return page;
      }
      at = page.next();
      passed += rows.size();
    }
    return new Page(List.of(), List.of(), at);
  }

  /// Waits until there may be events after a cursor, or the time is over.
  ///
  /// @param cursor where the reader stands
  /// @param waitMsMax how long to wait at most, in milliseconds
  /// @return whether there may be new events
  public boolean await(Cursor cursor, long waitMsMax) throws InterruptedException {
    learn();
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

  /// Reads once what was committed before anybody told.
  private void learn() {
    if (!known) {
      for (PartitionRow row : store.partitionRows()) {
        tide.rise(row.partition(), row.lastOffset());
      }
      known = true;
    }
  }

  /// Reads a fair part of every partition that has more, so that a busy one does not hide others.
  private List<EventRow> slice(Cursor at, int limit) {
    List<Integer> partitions = tide.ahead(at);
    int share = Math.max(1, limit / Math.max(1, partitions.size()));
    var rows = new ArrayList<EventRow>();
    for (int partition : partitions) {
      if (rows.size() >= limit) {
        break;
      }
      int wanted = Math.min(share, limit - rows.size());
      rows.addAll(store.events(partition, at.offset(partition), wanted));
    }
    // Times never go back within a partition, and the sort is stable: its order stays.
    rows.sort(Comparator.comparingLong(EventRow::at));
    return rows;
  }

  private static Page page(@Nullable String machine, Cursor from, List<EventRow> rows) {
    var events = new ArrayList<EventRow>();
    var cursors = new ArrayList<Cursor>();
    Cursor at = from;
    for (EventRow row : rows) {
      at = at.with(row.offset().partition(), row.offset().offset());
      if (machine == null || machine.equals(row.key().machine())) {
        events.add(row);
        cursors.add(at);
      }
    }
    return new Page(events, cursors, at);
  }

  /// Holds some events and where to go on.
  ///
  /// @param events the events, perhaps none
  /// @param cursors the cursor just after each event, in the same order
  /// @param next the cursor after all of them
  public record Page(List<EventRow> events, List<Cursor> cursors, Cursor next) {}
}
