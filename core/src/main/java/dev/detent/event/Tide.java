// SPDX-License-Identifier: Apache-2.0
package dev.detent.event;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;

/// Knows how far every partition reaches, and wakes those who wait for more.
///
/// **Threads**: safe for any number of threads. [#rise] takes the lock only if somebody waits: the
/// thread that commits calls it.
final class Tide {
  private final AtomicLongArray levels;
  private final AtomicInteger waiting = new AtomicInteger();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition risen = lock.newCondition();
  private final List<IntConsumer> watchers = new CopyOnWriteArrayList<>();

  Tide(int partitions) {
    levels = new AtomicLongArray(partitions);
  }

  /// Has something called with the partition whenever one rises; it returns at once.
  void watch(IntConsumer watcher) {
    watchers.add(watcher);
  }

  long level(int partition) {
    return levels.get(partition);
  }

  /// Hears the offset of a partition's last event.
  void rise(int partition, long offset) {
    if (levels.getAndAccumulate(partition, offset, Math::max) >= offset) {
      return;
    }
    for (IntConsumer watcher : watchers) {
      watcher.accept(partition);
    }
    // A waiter counts itself before it looks at the levels: one of us sees the other.
    if (waiting.get() > 0) {
      lock.lock();
      try {
        risen.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  Cursor end() {
    Cursor end = Cursor.START;
    for (int i = 0; i < levels.length(); i++) {
      end = end.with(i, levels.get(i));
    }
    return end;
  }

  /// Waits until a partition reaches further than the cursor, or the time is over.
  boolean await(Cursor cursor, long waitMsMax) throws InterruptedException {
    long left = TimeUnit.MILLISECONDS.toNanos(waitMsMax);
    lock.lockInterruptibly();
    waiting.incrementAndGet();
    try {
      while (!isAhead(cursor) && left > 0) {
        left = risen.awaitNanos(left);
      }
      return isAhead(cursor);
    } finally {
      waiting.decrementAndGet();
      lock.unlock();
    }
  }

  private boolean isAhead(Cursor cursor) {
    for (int i = 0; i < levels.length(); i++) {
      if (levels.get(i) > cursor.offset(i)) {
        return true;
      }
    }
    return false;
  }
}
