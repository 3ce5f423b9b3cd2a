// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.store.TimerRow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Remembers the next timers of a lane; the store has all of them.
///
/// **Limits**: a number of timers and a span of time. Timers beyond either are read when they come
/// near.
final class Alarms {
  private static final Comparator<TimerRow> ORDER =
      Comparator.comparingLong(TimerRow::dueAt)
          .thenComparing(t -> t.key().machine())
          .thenComparing(t -> t.key().key())
          .thenComparingLong(TimerRow::version)
          .thenComparing(TimerRow::name);

  private final TreeSet<TimerRow> near = new TreeSet<>(ORDER);
  private final Set<TimerRow> firing = new HashSet<>();
  private final Set<TimerRow> poisoned = new HashSet<>();
  private final Set<TimerRow> deferred = new HashSet<>();
  private final Set<TimerRow> gone = new HashSet<>();
  private final int nearMax;
  private final long spanMs;
  private long knownUntil = Long.MIN_VALUE;
  private long askedUntil;
  private long shedFrom = Long.MAX_VALUE;
  private boolean asking;
  private long number;

  /// Makes an account without timers.
  ///
  /// @param nearMax at most so many in memory, at least 2
  /// @param spanMs how far ahead to look, in milliseconds
  Alarms(int nearMax, long spanMs) {
    this.nearMax = nearMax;
    this.spanMs = spanMs;
  }

  /// Tells whether the store must be asked for more now.
  boolean wants(long now) {
    return !asking && near.size() < nearMax / 2 && lookAgainAt() <= now;
  }

  /// Returns the time up to which to ask, and takes note of having asked.
  long ask(long now) {
    asking = true;
    number++;
    shedFrom = Long.MAX_VALUE;
    askedUntil = now + spanMs;
    return askedUntil;
  }

  /// Returns the number of the last question.
  long number() {
    return number;
  }

  /// Tells whether a question waits for its answer, and is not forgotten.
  boolean asks(long question) {
    return asking && question == number;
  }

  /// Returns how many to ask for: so many that some are new.
  int askLimit() {
    return nearMax / 2 + near.size() + firing.size() + poisoned.size() + deferred.size();
  }

  /// Takes what the store answered.
  ///
  /// @param until up to which due time these are all that it has
  void loaded(List<TimerRow> rows, long until) {
    asking = false;
    for (TimerRow row : rows) {
      if (!known(row) && !poisoned.contains(row)) {
        near.add(row);
      }
    }
    gone.clear();
    knownUntil = Math.min(Math.min(until, shedFrom), askedUntil);
    shed();
  }

  /// Has the store asked again, since partitions have come.
  void lookAgain() {
    knownUntil = Long.MIN_VALUE;
    shedFrom = Long.MIN_VALUE;
  }

  private boolean known(TimerRow timer) {
    return firing.contains(timer) || deferred.contains(timer) || gone.contains(timer);
  }

  /// Takes note that the store could not answer.
  void failed() {
    asking = false;
    gone.clear();
  }

  /// Takes a timer that was committed.
  void started(TimerRow timer) {
    // The store may have shown it before the lane heard of its commit: then it may fire already.
    if ((timer.dueAt() <= knownUntil || asking) && !known(timer)) {
      near.add(timer);
      shed();
    }
  }

  /// Returns the timers whose time has come, and remembers them as firing.
  List<TimerRow> due(long now, int firingMax) {
    var due = new ArrayList<TimerRow>();
    while (!near.isEmpty() && near.first().dueAt() <= now && firing.size() < firingMax) {
      TimerRow timer = near.removeFirst();
      firing.add(timer);
      due.add(timer);
    }
    return due;
  }

  /// Takes note that a timer could not fire: it is read again.
  void postpone(TimerRow timer) {
    firing.remove(timer);
    knownUntil = Math.min(knownUntil, timer.dueAt());
  }

  /// Takes note that a timer waits for its turn on its instance: it fires when that comes.
  void defer(TimerRow timer) {
    firing.remove(timer);
    deferred.add(timer);
  }

  /// Takes note that a timer does not wait for its turn any more: it is read again.
  void again(TimerRow timer) {
    deferred.remove(timer);
    postpone(timer);
  }

  /// Returns how many are firing.
  int firing() {
    return firing.size();
  }

  /// Takes note that a timer was dealt with, durably.
  void fired(TimerRow timer) {
    firing.remove(timer);
    deferred.remove(timer);
    if (asking) {
      gone.add(timer); // what the store shows now may be older
    }
  }

  /// Returns when to look again, in milliseconds since 1970 UTC.
  long wakeAt(int firingMax) {
    long more = asking || near.size() >= nearMax / 2 ? Long.MAX_VALUE : lookAgainAt();
    boolean held = near.isEmpty() || firing.size() >= firingMax;
    return held ? more : Math.min(more, near.first().dueAt());
  }

  private long lookAgainAt() {
    return knownUntil == Long.MIN_VALUE ? Long.MIN_VALUE : knownUntil - spanMs / 2;
  }

  /// Takes note that a timer must never fire again while this process lives.
  void poison(TimerRow timer) {
    poisoned.add(timer);
  }

  /// Forgets everything but the poison; the store will be asked again.
  void clear() {
    near.clear();
    firing.clear();
    deferred.clear();
    gone.clear();
    asking = false;
    knownUntil = Long.MIN_VALUE;
  }

  /// Returns how many are in memory.
  int size() {
    return near.size() + firing.size() + deferred.size();
  }

  private void shed() {
    while (near.size() > nearMax) {
      shedFrom = Math.min(shedFrom, near.removeLast().dueAt());
      knownUntil = Math.min(knownUntil, near.last().dueAt());
    }
  }
}
