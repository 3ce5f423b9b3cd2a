// SPDX-License-Identifier: Apache-2.0
package dev.detent.peer;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Holds the requests of one connection that have no answer yet; bounded.
///
/// **Guarantees**: each entry is handed out once, to whoever removes it.
///
/// **Threads**: any number.
final class Unanswered<E extends Pending> {
  private final ConcurrentHashMap<Long, E> entries = new ConcurrentHashMap<>();
  private final AtomicInteger count = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong earliest = new AtomicLong(Long.MAX_VALUE);
  private final int countMax;
  private final long bytesMax;

  Unanswered(int countMax, long bytesMax) {
    this.countMax = countMax;
    this.bytesMax = bytesMax;
  }

  /// Adds an entry.
  ///
  /// @return false if there are too many, or one of this number
  boolean add(E entry) {
    // Counted before it is in, so that whoever removes it finds it counted.
    int many = count.incrementAndGet();
    long large = bytes.addAndGet(entry.bytes());
    boolean fits = many <= countMax && large <= bytesMax;
    if (!fits || entries.putIfAbsent(entry.number(), entry) != null) {
      uncount(entry);
      return false;
    }
    mayExpireAt(entry.deadlineAt());
    return true;
  }

  /// Removes an entry, if it is still here.
  @Nullable E remove(long number) {
    E entry = entries.remove(number);
    if (entry != null) {
      uncount(entry);
    }
    return entry;
  }

  /// Removes this very entry.
  ///
  /// @return whether it was still here
  boolean remove(E entry) {
    boolean was = entries.remove(entry.number(), entry);
    if (was) {
      uncount(entry);
    }
    return was;
  }

  /// Removes the entries whose deadline has passed. Costs nothing while none can have.
  List<E> removeExpired(long now) {
    var expired = new ArrayList<E>();
    if (earliest.get() > now) {
      return expired;
    }
    // Set before looking: entries added meanwhile lower it again.
    earliest.set(Long.MAX_VALUE);
    for (E entry : entries.values()) {
      if (entry.deadlineAt() > now) {
        mayExpireAt(entry.deadlineAt());
      } else if (remove(entry)) {
        expired.add(entry);
      }
    }
    return expired;
  }

  /// Removes all entries.
  List<E> removeAll() {
    var all = new ArrayList<E>();
    for (E entry : entries.values()) {
      if (remove(entry)) {
        all.add(entry);
      }
    }
    return all;
  }

  boolean isEmpty() {
    return count.get() == 0;
  }

  private void uncount(E entry) {
    count.decrementAndGet();
    bytes.addAndGet(-entry.bytes());
  }

  private void mayExpireAt(long deadlineAt) {
    if (deadlineAt < earliest.get()) {
      earliest.accumulateAndGet(deadlineAt, Math::min);
    }
  }
}
