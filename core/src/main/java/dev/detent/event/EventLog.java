// SPDX-License-Identifier: Apache-2.0
package dev.detent.event;

import dev.detent.Key;
import dev.detent.store.EventRow;
import dev.detent.store.Store;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads the events of all partitions.
///
/// **Guarantees**: only committed events are seen; none is skipped, and those of one instance (and
/// of one partition) come in order.
///
/// **Threads**: safe for any number of threads. Its methods block.
public final class EventLog {
  private final Store store;

  /// Makes a log over a store.
  public EventLog(Store store) {
    this.store = store;
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
  /// @param machine only this machine's, or null for all
  /// @param cursor where to go on; [Cursor#START] for the beginning
  /// @param limit at most so many, 1 to 1,000
  public Page read(@Nullable String machine, Cursor cursor, int limit) {
    throw new IllegalStateException("next commit");
  }

  /// Waits until there may be events after a cursor, or the time is over.
  ///
  /// @param cursor where the reader stands
  /// @param waitMsMax how long to wait at most, in milliseconds
  /// @return whether there may be new events
  public boolean await(Cursor cursor, long waitMsMax) throws InterruptedException {
    throw new IllegalStateException("next commit");
  }

  /// Hears that a partition has grown; wakes those who wait. The engine calls it after a commit.
  ///
  /// @param partition the partition
  /// @param lastOffset the offset of its last committed event
  public void advanced(int partition, long lastOffset) {
    throw new IllegalStateException("next commit");
  }

  /// Holds some events and where to go on.
  ///
  /// @param events the events, perhaps none
  /// @param cursors the cursor just after each event, in the same order
  /// @param next the cursor after all of them
  public record Page(List<EventRow> events, List<Cursor> cursors, Cursor next) {}
}
