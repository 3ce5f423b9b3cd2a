// SPDX-License-Identifier: Apache-2.0
package dev.detent.event;

import dev.detent.store.EventRow;
import dev.detent.store.Store;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Merges the partitions into one page: always the oldest of their next events, so that none is
/// kept waiting by another.
///
/// **Limits**: it looks at no more events than the limit times [#SCANNED_PER_WANTED], and reads
/// them in chunks.
final class Scan {
  private static final int SCANNED_PER_WANTED = 10;
  private static final int SCANNED_MIN = 1000;
  private static final int CHUNK_MIN = 16;

  private final Store store;
  private final @Nullable String machine;
  private final int limit;
  private final long[] offsets;
  private final PriorityQueue<Source> sources =
      new PriorityQueue<>(
          Comparator.comparingLong(this::time).thenComparingInt(source -> source.partition));
  private final List<EventRow> events = new ArrayList<>();
  private final List<Cursor> cursors = new ArrayList<>();
  private long floor;

  Scan(Store store, @Nullable String machine, Cursor cursor, int limit) {
    this.store = store;
    this.machine = machine;
    this.limit = limit;
    this.offsets = cursor.offsets(store.partitions());
  }

  /// Lets older events count as of a time.
  Scan from(long time) {
    floor = time;
    return this;
  }

  private long time(Source source) {
    return Math.max(floor, source.next().at());
  }

  /// Reads on from the cursor, no further than another one.
  EventLog.Page page(Cursor end) {
    int[] grown =
        IntStream.range(0, offsets.length).filter(p -> end.offset(p) > offsets[p]).toArray();
    int chunk = Math.max(CHUNK_MIN, limit / Math.max(1, grown.length) + 1);
    for (int partition : grown) {
      enqueue(new Source(partition, end.offset(partition), chunk));
    }
    int scannedMax = Math.max(SCANNED_MIN, limit * SCANNED_PER_WANTED);
    for (int scanned = 0; scanned < scannedMax && events.size() < limit; scanned++) {
      Source oldest = sources.poll();
      if (oldest == null) {
        break;
      }
      take(oldest.buffer.remove());
      enqueue(oldest);
    }
    return new EventLog.Page(List.copyOf(events), List.copyOf(cursors), Cursor.of(offsets));
  }

  private void take(EventRow event) {
    offsets[event.offset().partition()] = event.offset().offset();
    if (machine == null || machine.equals(event.key().machine())) {
      events.add(event);
      cursors.add(Cursor.of(offsets));
    }
  }

  private void enqueue(Source source) {
    if (source.buffer.isEmpty() && offsets[source.partition] < source.head) {
      store.events(source.partition, offsets[source.partition], source.chunk).stream()
          .filter(event -> event.offset().offset() <= source.head)
          .forEach(source.buffer::add);
    }
    if (!source.buffer.isEmpty()) {
      sources.add(source);
    }
  }

  /// Holds the next events of a partition.
  private static final class Source {
    final int partition;
    final long head;
    final int chunk;
    final Deque<EventRow> buffer = new ArrayDeque<>();

    Source(int partition, long head, int chunk) {
      this.partition = partition;
      this.head = head;
      this.chunk = chunk;
    }

    EventRow next() {
      return buffer.element();
    }
  }
}
