// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// Remembers who waits for the end of an invocation.
///
/// **Limits**: each is an admitted request, of which the engine bounds the number.
///
/// **Threads**: the lane's.
final class Waiters {
  private static final int GONE_MAX = 1_000;

  private final Map<String, List<Waiter>> waiters = new HashMap<>();
  private final TreeSet<Waiter> deadlines =
      new TreeSet<>(Comparator.comparingLong(Waiter::until).thenComparingLong(Waiter::number));
  private final IdentityHashMap<Consumer<Reply>, Waiter> takers = new IdentityHashMap<>();
  private final Set<Consumer<Reply>> gone = Collections.newSetFromMap(new IdentityHashMap<>());
  private long numbers;
  private int size;

  /// Waits for the end of an invocation.
  ///
  /// @param invocation the invocation's id
  /// @param until for how long, in milliseconds since 1970 UTC
  /// @param replayed whether it repeats a request
  /// @param number tells it from others
  record Waiter(
      String invocation, Submission.Asked asked, long until, boolean replayed, long number) {}

  /// Lets somebody wait.
  ///
  /// @param until for how long, in milliseconds since 1970 UTC; the largest number for ever
  void add(String invocation, Submission.Asked asked, long until, boolean replayed) {
    Consumer<Reply> taker = asked.asker().reply();
    long patience = gone.remove(taker) ? 0 : until;
    var waiter = new Waiter(invocation, asked, patience, replayed, ++numbers);
    waiters.computeIfAbsent(invocation, _ -> new ArrayList<>(1)).add(waiter);
    takers.put(taker, waiter);
    size++;
    if (patience < Long.MAX_VALUE) {
      deadlines.add(waiter);
    }
  }

  /// Lets somebody wait no longer who has gone away: their time is over at once, also if they only
  /// come to wait later.
  void forget(Consumer<Reply> taker) {
    Waiter waiter = takers.get(taker);
    if (waiter != null) {
      remove(waiter);
      deadlines.remove(waiter);
      add(waiter.invocation(), waiter.asked(), 0, waiter.replayed());
      return;
    }
    if (gone.size() >= GONE_MAX) {
      gone.clear();
    }
    gone.add(taker);
  }

  private void remove(Waiter waiter) {
    takers.remove(waiter.asked().asker().reply());
    List<Waiter> rest = waiters.get(waiter.invocation());
    if (rest != null && rest.remove(waiter)) {
      size--;
      if (rest.isEmpty()) {
        waiters.remove(waiter.invocation());
      }
    }
  }

  /// Returns who waits for an invocation, and lets them wait no longer.
  List<Waiter> take(String invocation) {
    List<Waiter> taken = waiters.remove(invocation);
    if (taken == null) {
      return List.of();
    }
    size -= taken.size();
    taken.forEach(waiter -> takers.remove(waiter.asked().asker().reply()));
    if (!deadlines.isEmpty()) {
      taken.forEach(deadlines::remove);
    }
    return taken;
  }

  /// Returns who has waited long enough, and lets them wait no longer.
  List<Waiter> expired(long now) {
    if (deadlines.isEmpty() || deadlines.first().until() > now) {
      return List.of();
    }
    var expired = new ArrayList<Waiter>();
    while (!deadlines.isEmpty() && deadlines.first().until() <= now) {
      Waiter waiter = deadlines.removeFirst();
      expired.add(waiter);
      remove(waiter);
    }
    return expired;
  }

  /// Returns everybody who waits for some invocations, and lets them wait no longer.
  List<Waiter> take(Predicate<String> invocations) {
    var taken = new ArrayList<Waiter>();
    for (String invocation : List.copyOf(waiters.keySet())) {
      if (invocations.test(invocation)) {
        taken.addAll(take(invocation));
      }
    }
    taken.sort(Comparator.comparingLong(Waiter::number));
    return taken;
  }

  /// Returns how many wait, about, if another thread asks.
  int size() {
    return size;
  }

  /// Returns when to look again, in milliseconds since 1970 UTC.
  long wakeAt() {
    return deadlines.isEmpty() ? Long.MAX_VALUE : deadlines.first().until();
  }
}
