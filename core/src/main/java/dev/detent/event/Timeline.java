// SPDX-License-Identifier: Apache-2.0
package dev.detent.event;

import dev.detent.ErrorCode;
import dev.detent.Problem;
import dev.detent.store.EventRow;
import dev.detent.store.PartitionRow;
import dev.detent.store.Store;
import dev.detent.store.Stretch;
import dev.detent.store.Stretches;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Puts the events of all partitions into one order that lasts: who goes on after the [Place] of an
/// event sees all events after it, once, in whatever process and however often it was restarted.
///
/// Times alone can't give such an order: an event is committed after it was decided, in a caller's
/// transaction long after, and meanwhile later ones of other partitions were read. So readers never
/// see more than the *stretches* that the store keeps. What is committed is taken into the last
/// stretch as long as it is younger than all that is in it; else the next stretch begins, in which
/// what is older counts as of its first time. Within a stretch, events are in the order of their
/// times, partitions and offsets.
///
/// **Guarantees**: an event has the same place for ever; places grow within a partition. Once an
/// event was read, no other gets a place before it.
///
/// **Threads**: safe for any number of threads. Its methods block.
public final class Timeline {
  private static final int TRIES_MAX = 50;
  private static final int KNOWN_MAX = 10_000;
  private static final long PACE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private final Store store;
  private final EventLog log;
  private final Stretches stretches;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile @Nullable Stretch last;
  private volatile long advancedNanos = System.nanoTime() - PACE_NANOS;

  /// Where readers ended, so that they need not look for the place of the last event they saw.
  private final Map<Wanted, Stand> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Wanted, Stand> eldest) {
          return size() > KNOWN_MAX;
        }
      };

  Timeline(Store store, EventLog log) {
    this.store = store;
    this.log = log;
    this.stretches = store.cursors().stretches();
  }

  /// Says where a reader stands.
  ///
  /// @param stretch the stretch that it reads, or null before the first
  /// @param cursor the cursor after what it has read
  record Stand(@Nullable Stretch stretch, Cursor cursor) {}

  /// Says what a reader wants: events of one machine or of all, after a place.
  private record Wanted(@Nullable String machine, Place after) {}

  /// Begins to read.
  ///
  /// @param machine only this machine's events, or null for all
  /// @param after only events after this place
  public TimelineReader after(@Nullable String machine, Place after) {
    Stand stand;
    synchronized (known) {
      stand = known.get(new Wanted(machine, after));
    }
    return new TimelineReader(this, machine, after, stand == null ? stand(after) : stand);
  }

  /// Returns the place after all that is committed now.
  public Place end() {
    return new Place(advance().ceiling(), Long.MAX_VALUE);
  }

  /// Remembers where a reader stands after an event.
  void remember(@Nullable String machine, Place event, Stand stand) {
    synchronized (known) {
      known.put(new Wanted(machine, event), stand);
    }
  }

  /// Returns the stretch that a reader reads next: the first one, or the same with more in it, or
  /// the one after it. Returns null if nothing more is committed.
  @Nullable Stretch beyond(@Nullable Stretch read) {
    Stretch newest = advance();
    if (read != null && newest.floor() == read.floor()) {
      return newest.offsets().equals(read.offsets()) ? null : newest;
    }
    for (Stretch next : stretches.from(read == null ? 0 : read.floor())) {
      if (read == null || next.floor() > read.floor() || !next.offsets().equals(read.offsets())) {
        return next;
      }
    }
    return null;
  }

  /// Reads on in a stretch.
  EventLog.Page page(@Nullable String machine, Cursor cursor, Stretch stretch, int limit) {
    return new Scan(store, machine, cursor, limit).from(stretch.floor()).page(end(stretch));
  }

  /// Returns the cursor after all of a stretch.
  static Cursor end(Stretch stretch) {
    return Cursor.of(stretch.offsets().stream().mapToLong(Long::longValue).toArray());
  }

  /// Waits until there may be events after a cursor, or the time is over.
  boolean await(Cursor cursor, long waitMsMax) throws InterruptedException {
    return log.await(cursor, waitMsMax);
  }

  /// Returns for how long a reader that was woken had better wait for more, so that a stretch holds
  /// more than one commit of a burst.
  long paceNanos() {
    return Math.max(0, advancedNanos + PACE_NANOS - System.nanoTime());
  }

  /// Takes what is committed into the last stretch, or into a new one, and returns it.
  private Stretch advance() {
    List<PartitionRow> heads = log.learn();
    Stretch seen = last;
    if (isCovered(heads, seen)) {
      return seen == null ? empty() : seen;
    }
    lock.lock();
    try {
      for (int i = 0; i < TRIES_MAX; i++) {
        Stretch newest = stretches.last();
        if (newest != null && isCovered(heads, newest)) {
          last = newest;
          return newest;
        }
        Stretch next = next(newest, heads);
        if (write(newest, next)) {
          last = next;
          advancedNanos = System.nanoTime();
          return next;
        }
      }
    } finally {
      lock.unlock();
    }
    throw Problem.of(
            ErrorCode.UNAVAILABLE,
            "events: expected to note what is shown, got ahead by others each time; retry later")
        .exception();
  }

  private static Stretch empty() {
    return new Stretch(0, 0, List.of());
  }

  private static boolean isCovered(List<PartitionRow> heads, @Nullable Stretch stretch) {
    return heads.stream().allMatch(head -> head.lastOffset() <= offset(stretch, head.partition()));
  }

  private static long offset(@Nullable Stretch stretch, int partition) {
    return stretch == null || partition >= stretch.offsets().size()
        ? 0
        : stretch.offsets().get(partition);
  }

  private Stretch next(@Nullable Stretch newest, List<PartitionRow> heads) {
    boolean late = false;
    long top = newest == null ? 0 : newest.ceiling();
    var offsets = new ArrayList<Long>(heads.size());
    for (PartitionRow head : heads) {
      long from = offset(newest, head.partition());
      offsets.add(Math.max(from, head.lastOffset()));
      if (head.lastOffset() > from) {
        List<EventRow> first = store.events(head.partition(), from, 1);
        List<EventRow> end = store.events(head.partition(), head.lastOffset() - 1, 1);
        late |= newest != null && !first.isEmpty() && first.getFirst().at() <= newest.ceiling();
        top = end.isEmpty() ? top : Math.max(top, end.getFirst().at());
      }
    }
    if (newest == null) {
      return new Stretch(0, top, offsets);
    }
    long floor = late ? newest.ceiling() + 1 : newest.floor();
    return new Stretch(floor, Math.max(floor, top), offsets);
  }

  private boolean write(@Nullable Stretch newest, Stretch next) {
    if (newest != null && newest.floor() == next.floor()) {
      return stretches.extend(newest, next);
    }
    boolean written = stretches.follow(newest, next);
    if (written) {
      prune();
    }
    return written;
  }

  /// Forgets the oldest stretch if its events are dropped.
  private void prune() {
    List<Stretch> oldest = stretches.from(0);
    if (oldest.size() < 2) {
      return;
    }
    List<Long> offsets = oldest.getFirst().offsets();
    for (int partition = 0; partition < offsets.size(); partition++) {
      List<EventRow> left = store.events(partition, 0, 1);
      if (!left.isEmpty() && left.getFirst().offset().offset() <= offsets.get(partition)) {
        return;
      }
    }
    stretches.drop(oldest.getFirst());
  }

  private Stand stand(Place place) {
    List<Stretch> around = place.equals(Place.FIRST) ? List.of() : stretches.until(place.at());
    if (around.isEmpty()) {
      return new Stand(null, Cursor.START);
    }
    Stretch stretch = around.getFirst();
    Stretch before = around.size() > 1 ? around.get(1) : null;
    Cursor cursor = Cursor.START;
    for (int partition = 0; partition < stretch.offsets().size(); partition++) {
      long low = offset(before, partition);
      long high = offset(stretch, partition);
      long reached = place.at() > stretch.ceiling() ? high : reach(place, stretch, partition, low);
      cursor = cursor.with(partition, reached);
    }
    return new Stand(stretch, cursor);
  }

  /// Returns the last offset of a partition in a stretch that is not after a place. Halves what is
  /// left, since places grow within a partition. Where events are dropped, the next one that is
  /// left stands for them.
  private long reach(Place place, Stretch stretch, int partition, long from) {
    long low = from;
    long high = offset(stretch, partition);
    while (low < high) {
      long middle = low + (high - low + 1) / 2;
      List<EventRow> next = store.events(partition, middle - 1, 1);
      if (next.isEmpty()
          || next.getFirst().offset().offset() > high
          || place(next.getFirst(), stretch).compareTo(place) <= 0) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /// Returns the place of an event.
  static Place place(EventRow event, Stretch stretch) {
    return Place.of(Math.max(event.at(), stretch.floor()), event.offset());
  }
}
