// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.Problem;
import dev.detent.engine.Submission.Asker.Origin;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Keeps the requests for one partition in the order in which they were asked, while the partition
/// goes from owner to owner.
///
/// What an owner was sent may come back, some of it late. So before anything goes to another owner,
/// or to the same again after something came back, the former one is *cleared*: it says when
/// nothing that it was sent can come back any more. Meanwhile requests are held here. If it hangs,
/// what it still sends back is refused instead. This node's lane is cleared like any other owner. A
/// node that has sent a request of another node back takes no more for its partition over the same
/// connection until it is cleared.
///
/// **Guarantees**: requests that one thread asks, one after the other, reach their owners' lanes in
/// that order, whatever becomes of some of them. None is held for longer than its patience, except
/// those that wait for the end of what is accepted.
///
/// **Threads**: any number. [Way] is called under a lock, except for what answers a client.
final class Passage {
  /// Names this node as an owner.
  static final String HERE = "";

  /// Such a part of its patience a former owner has to answer.
  private static final int CLEARING_SHARE = 3;

  private final int partition;
  private final long patience;
  private final Way way;
  private final ReentrantLock lock = new ReentrantLock();
  private final PriorityQueue<Held> held =
      new PriorityQueue<>(
          Comparator.<Held>comparingLong(one -> one.asked().asker().submittedNanos())
              .thenComparingLong(Held::number));
  private final List<Runnable> told = new ArrayList<>();

  private volatile @Nullable String owner;

  /// Says that the lane may have something for the partition.
  private boolean used;

  /// Says that the lane has to be cleared before it gets more.
  private boolean dirty;

  /// Names the node that may have something, or is null.
  private @Nullable String former;

  /// Says that the former owner has to be cleared before it gets more.
  private boolean broken;

  private int underWay;
  private boolean clearing;
  private boolean clearingLane;
  private long clearingSince;
  private long round;
  private boolean stuck;
  private boolean resting;
  private boolean waking;
  private boolean stopping;
  private boolean stopped;
  private @Nullable Problem why;
  private long numbers;

  /// Says of which requests others may have gone ahead: of what was asked by then.
  private long forsaken = Long.MIN_VALUE;

  /// Holds a request back.
  ///
  /// @param number tells which came first of those that were asked at the same time
  private record Held(Submission.Asked asked, long number) {}

  /// Says what an owner has of what it was sent.
  enum Cleared {
    /// Nothing: it does not own the partition.
    GONE,
    /// It owns the partition and has decided, or will decide, all of it in its order.
    KEPT,
    /// It was not reached.
    FAILED
  }

  /// Makes a passage to an owner that is not known yet.
  ///
  /// @param patience for how long a request is held, in nanoseconds, as it carries the time
  Passage(int partition, long patience, Way way) {
    this.partition = partition;
    this.patience = patience;
    this.way = way;
  }

  int partition() {
    return partition;
  }

  /// Tells whether this node owns the partition.
  boolean isHere() {
    return HERE.equals(owner);
  }

  /// Takes a request of this node.
  void enter(Submission.Asked asked) {
    lock.lock();
    try {
      if (held.isEmpty() && open()) {
        send(asked);
      } else {
        hold(asked);
      }
    } finally {
      unlock();
    }
  }

  /// Takes a request of another node.
  ///
  /// @param refused the partitions of which requests were sent back on its connection
  void visit(Submission.Asked asked, Set<Integer> refused) {
    lock.lock();
    try {
      if (isHere() && !dirty && !refused.contains(partition)) {
        used = true;
        way.submit(this, asked);
      } else {
        way.sendBack(asked);
      }
    } finally {
      unlock();
    }
  }

  /// Takes a request back from this node's lane, which does not own the partition.
  void astray(Submission.Asked asked) {
    lock.lock();
    try {
      owner = isHere() ? null : owner;
      if (asked.asker().origin() == Origin.NODE) {
        way.sendBack(asked);
      } else {
        takeBack(asked);
      }
      settle();
    } finally {
      unlock();
    }
  }

  /// Takes note that a request which was forwarded is answered.
  void ended() {
    lock.lock();
    underWay--;
    unlock();
  }

  /// Takes a request back that was forwarded.
  ///
  /// @param reason why, or null if its node does not own the partition
  void returned(Submission.Asked asked, @Nullable Problem reason) {
    lock.lock();
    try {
      underWay--;
      broken = true;
      why = reason;
      takeBack(asked);
      settle();
    } finally {
      unlock();
    }
  }

  /// Takes back the wish for the end of something accepted, which its node had no room for.
  void returnedByAFullNode(Submission.Asked asked, Problem reason) {
    lock.lock();
    try {
      underWay--;
      why = reason;
      rest();
      hold(asked);
    } finally {
      unlock();
    }
  }

  private void takeBack(Submission.Asked asked) {
    boolean late = asked.asker().submittedNanos() <= forsaken;
    if (late && !(asked.request() instanceof Request.Await)) {
      refuse(asked);
    } else {
      hold(asked);
    }
  }

  /// Takes note that the lane is cleared.
  ///
  /// @param of which wish this answers
  /// @param kept whether it owns the partition, and acts on what it has in its order
  void laneCleared(long of, boolean kept) {
    lock.lock();
    try {
      if (of == round) {
        clearedLane(kept);
      }
    } finally {
      unlock();
    }
  }

  private void clearedLane(boolean kept) {
    clearing = false;
    dirty = false;
    used = kept;
    if (kept && !isHere()) {
      rest();
    }
    settle();
  }

  /// Takes note that the former owner is cleared, or can't be.
  ///
  /// @param of which wish this answers
  void cleared(long of, Cleared how) {
    lock.lock();
    try {
      if (of == round && how == Cleared.FAILED && underWay > 0) {
        stuck = true;
      } else if (of == round) {
        clearedOther(how);
      }
    } finally {
      unlock();
    }
  }

  private void clearedOther(Cleared how) {
    clearing = false;
    broken = false;
    former = how == Cleared.KEPT ? former : null;
    rest();
    settle();
  }

  /// Hears that this node has taken the partition over, perhaps from itself: its lane was told
  /// before.
  void taken() {
    lock.lock();
    try {
      take();
    } finally {
      unlock();
    }
  }

  /// Hears that this node owns the partition, as may be known.
  void own() {
    lock.lock();
    try {
      if (!isHere()) {
        take();
      }
    } finally {
      unlock();
    }
  }

  private void take() {
    dirty = used;
    owner(HERE);
  }

  /// Hears which other node owns the partition, as far as is known. What the lanes of this node say
  /// counts more.
  ///
  /// @param address where it is, or null if nobody alive owns it
  void learn(@Nullable String address) {
    lock.lock();
    try {
      if (!isHere() && !Objects.equals(owner, address)) {
        owner(address);
      }
    } finally {
      unlock();
    }
  }

  private void owner(@Nullable String next) {
    owner = next;
    resting = false;
    why = null;
    settle();
  }

  /// Hears that this node is about to give the partition up.
  void disown() {
    lock.lock();
    owner = null;
    unlock();
  }

  /// Does what the pause was for.
  ///
  /// @param nanos the time, as requests carry it
  void due(long nanos) {
    lock.lock();
    try {
      waking = false;
      resting = false;
      if (clearing) {
        clearAgain(nanos);
      }
      held.removeIf(one -> expired(one.asked(), nanos));
      settle();
      if (!held.isEmpty()) {
        wakeLater();
      }
    } finally {
      unlock();
    }
  }

  /// Waits for the former owner no longer, if it hangs: what it still sends back then is refused.
  private void clearAgain(long nanos) {
    wakeLater();
    String from = former;
    if (clearingSince == 0) {
      clearingSince = nanos;
    } else if (nanos - clearingSince > patience / CLEARING_SHARE) {
      forsaken = nanos;
      round++;
      if (clearingLane) {
        clearedLane(false);
      } else {
        clearedOther(Cleared.GONE);
      }
    } else if (stuck && from == null) {
      clearedOther(Cleared.GONE); // all that was under way has come back meanwhile
    } else if (stuck) {
      stuck = false;
      way.clear(this, Objects.requireNonNull(from), round);
    }
  }

  private boolean expired(Submission.Asked asked, long nanos) {
    boolean awaits = asked.request() instanceof Request.Await;
    boolean late = nanos - asked.asker().submittedNanos() > patience;
    boolean over = awaits ? stopping : late;
    if (over) {
      refuse(asked);
    }
    return over;
  }

  /// Lets nobody wait for the end of what is accepted from now on.
  void stopping() {
    lock.lock();
    stopping = true;
    unlock();
  }

  /// Refuses what is held and what comes.
  void stop() {
    lock.lock();
    try {
      stopped = true;
      held.forEach(one -> refuse(one.asked()));
      held.clear();
    } finally {
      unlock();
    }
  }

  /// Tells whether requests may go on: after [#settle] nobody else has any of them.
  private boolean open() {
    return owner != null && !clearing && !resting;
  }

  private void send(Submission.Asked asked) {
    String to = Objects.requireNonNull(owner);
    if (to.equals(HERE)) {
      used = true;
      way.submit(this, asked);
    } else {
      former = to;
      underWay++;
      way.forward(this, asked, to);
    }
  }

  private void hold(Submission.Asked asked) {
    boolean unwanted = stopping && asked.request() instanceof Request.Await;
    if (stopped || unwanted || asked.asker().origin() == Origin.HANDLER) {
      refuse(asked); // a handler's request is tried again by the courier
    } else {
      held.add(new Held(asked, numbers++));
      wakeLater();
    }
  }

  private void refuse(Submission.Asked asked) {
    Problem reason = why;
    tell(() -> way.refuse(asked, reason));
  }

  /// Says something to a client: not under the lock, since nobody knows what it does then.
  void tell(Runnable what) {
    if (lock.isHeldByCurrentThread()) {
      told.add(what);
    } else {
      what.run();
    }
  }

  private void unlock() {
    List<Runnable> saying = List.of();
    if (lock.getHoldCount() == 1 && !told.isEmpty()) {
      saying = List.copyOf(told);
      told.clear();
    }
    lock.unlock();
    saying.forEach(Runnable::run);
  }

  /// Clears whoever may have something if that is needed, and lets go on what is held if it may.
  private void settle() {
    if (former == null || (!broken && underWay == 0)) {
      former = null;
      broken = false;
    }
    if (clearing || resting || owner == null) {
      return;
    }
    String from = former;
    if (used && (dirty || !isHere())) {
      begin(true);
      way.clearLane(this, round);
    } else if (from != null && (broken || !from.equals(owner))) {
      begin(false);
      way.clear(this, from, round);
    } else {
      goOn();
    }
  }

  private void begin(boolean lane) {
    clearing = true;
    clearingLane = lane;
    clearingSince = 0;
    stuck = false;
    round++;
    wakeLater();
  }

  private void goOn() {
    while (!held.isEmpty() && open()) {
      send(held.remove().asked());
    }
    if (!held.isEmpty()) {
      wakeLater();
    }
  }

  /// Asks nobody again for a moment: news of the owner are on their way.
  private void rest() {
    resting = true;
    wakeLater();
  }

  private void wakeLater() {
    if (!waking && !stopped) {
      waking = true;
      way.later(this);
    }
  }
}
