// SPDX-License-Identifier: Apache-2.0
package dev.detent.journal;

import dev.detent.store.StepRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Lets the thread of one line pass, wait, or go no further.
///
/// **Threads**: the line's own, but for the methods that say that the attempt's lock is held.
/// Nothing waits by being interruptible: only the user's own code is interrupted.
final class Gate {
  /// Says what may end a wait but what is waited for.
  enum Wait {
    /// Nothing but that the line was stopped: what is under way is better known than not.
    FIRM,
    /// Also that the attempt ends.
    LOOSE,
    /// Also that the invocation is cancelled.
    CANCELLABLE
  }

  private static final String ANY_SIGNAL = "signal";

  private final Attempt attempt;
  private final Lock lock;
  private final Condition changed;
  private final Thread thread;
  private final boolean inner;

  // Guarded by the lock.
  private final List<Gate> children = new ArrayList<>();
  private boolean delivered;
  private boolean closed;
  private boolean shielded;
  private int inFlight;
  private @Nullable String awaited;

  /// Makes an open one. The lock is held.
  ///
  /// @param parent that of the line that this one branched off, or null
  /// @param thread whose it is
  Gate(Attempt attempt, @Nullable Gate parent, Thread thread) {
    this.attempt = attempt;
    this.lock = attempt.lock();
    this.changed = lock.newCondition();
    this.thread = thread;
    this.inner = parent != null;
    if (parent != null) {
      delivered = parent.delivered;
      closed = parent.closed;
      parent.children.add(this);
    }
  }

  Attempt attempt() {
    return attempt;
  }

  Thread thread() {
    return thread;
  }

  // Called by any thread, with the lock held.

  /// Has the line look again at what it waits for.
  void wake() {
    changed.signal();
  }

  /// Tells whether the line waits for a row.
  boolean awaits(StepRow row) {
    String signalled = row.position().startsWith(ANY_SIGNAL) ? ANY_SIGNAL : row.position();
    return signalled.equals(awaited);
  }

  /// Interrupts the user's code.
  void interrupt() {
    if (!shielded) {
      thread.interrupt();
    }
    wake();
  }

  /// Stops the line and those that branched off it: nothing they do counts from now on.
  void close() {
    closed = true;
    children.forEach(Gate::close);
    interrupt();
  }

  boolean closed() {
    return closed;
  }

  /// Tells whether the invocation is cancelled and this line does not know yet.
  boolean isCancelDue() {
    return attempt.cancelled() && !delivered;
  }

  // Called by the line's thread, without the lock.

  /// Leaves unless the line may go on.
  void requireOpen() {
    lock.lock();
    try {
      requireOpen(Wait.LOOSE);
    } finally {
      lock.unlock();
    }
  }

  private void requireOpen(Wait wait) {
    boolean ends = wait != Wait.FIRM && attempt.decided();
    if (closed || ends || attempt.stopped()) {
      throw new Unwinding();
    }
  }

  /// Tells whether what comes out of the line counts.
  boolean isOpen() {
    lock.lock();
    try {
      return !closed && !attempt.decided() && !attempt.stopped();
    } finally {
      lock.unlock();
    }
  }

  /// Tells whether the invocation is cancelled and this line does not know yet.
  boolean cancelDue() {
    lock.lock();
    try {
      return isCancelDue();
    } finally {
      lock.unlock();
    }
  }

  /// Takes note that the line knows of the cancellation, if there is one.
  void delivered() {
    lock.lock();
    try {
      delivered |= attempt.cancelled();
    } finally {
      lock.unlock();
    }
  }

  /// Waits until something is found. If many wait, the handler lets go of its thread instead.
  ///
  /// @param what the position that it comes at, or null for a signal
  /// @return what was found, or null if the cancellation has to be delivered instead
  <T> @Nullable T await(@Nullable String what, Supplier<@Nullable T> found, boolean cancellable) {
    flush();
    Wait wait = cancellable ? Wait.CANCELLABLE : Wait.LOOSE;
    boolean crowded = !inner && attempt.journal().crowded();
    lock.lock();
    try {
      awaited = what == null ? ANY_SIGNAL : what;
      return crowded ? look(found, wait) : await(found, wait);
    } finally {
      awaited = null;
      lock.unlock();
    }
  }

  private <T> @Nullable T await(Supplier<@Nullable T> found, Wait wait) {
    while (true) {
      requireOpen(wait);
      T value = found.get();
      if (value != null || (wait == Wait.CANCELLABLE && isCancelDue())) {
        return value;
      }
      changed.awaitUninterruptibly();
    }
  }

  private <T> @Nullable T look(Supplier<@Nullable T> found, Wait wait) {
    requireOpen(wait);
    T value = found.get();
    if (value != null || (wait == Wait.CANCELLABLE && isCancelDue())) {
      return value;
    }
    attempt.decide(new Ending.Unwound(attempt.heard()));
    throw new Unwinding();
  }

  /// Waits until the lines that branched off are at their ends, even if this one was closed.
  ///
  /// @param ended tells whether they are; called with the lock held
  void join(Supplier<Boolean> ended) {
    lock.lock();
    try {
      while (!ended.get() && !attempt.stopped()) {
        changed.awaitUninterruptibly();
      }
      children.clear();
      requireOpen(Wait.LOOSE);
    } finally {
      lock.unlock();
    }
  }

  /// Waits for a while; less if somebody has interrupted the thread who has no business with it.
  ///
  /// @return false if the cancellation has to be delivered instead
  boolean pause(Duration duration) {
    lock.lock();
    try {
      long rest = duration.toNanos();
      while (rest > 0 && !isCancelDue()) {
        requireOpen(Wait.LOOSE);
        rest = changed.awaitNanos(rest);
      }
      requireOpen(Wait.LOOSE);
      return rest <= 0;
    } catch (InterruptedException e) {
      requireOpen(Wait.LOOSE);
      return !isCancelDue();
    } finally {
      lock.unlock();
    }
  }

  /// Has an entry recorded, and waits until it is.
  ///
  /// @return the row that stands there, perhaps another one
  StepRow append(Entry entry) {
    var row = new AtomicReference<@Nullable StepRow>();
    submit(entry, row::set);
    lock.lock();
    try {
      StepRow recorded = await(row::get, Wait.FIRM);
      if (recorded == null) {
        throw new IllegalStateException("entry " + entry.position() + ": expected a row, got none");
      }
      return recorded;
    } finally {
      lock.unlock();
    }
  }

  /// Has an entry recorded without waiting for it.
  void submit(Entry entry, Consumer<StepRow> then) {
    lock.lock();
    try {
      requireOpen(Wait.FIRM);
      inFlight++;
    } finally {
      lock.unlock();
    }
    try {
      attempt.journal().append(attempt.assignment(), entry, row -> recorded(row, then));
    } catch (RuntimeException e) {
      throw attempt.repeat("journal entry " + entry.position(), e);
    }
  }

  private void recorded(StepRow row, Consumer<StepRow> then) {
    lock.lock();
    try {
      attempt.recording().put(row);
      inFlight--;
      then.accept(row);
      wake();
    } finally {
      lock.unlock();
    }
  }

  /// Waits until all that this line had recorded is durable.
  void flush() {
    lock.lock();
    try {
      Object _ = await(() -> inFlight == 0 ? Boolean.TRUE : null, Wait.LOOSE);
    } finally {
      lock.unlock();
    }
  }

  /// Runs what must not be interrupted, since connections and files do not outlive that.
  <T> T shielded(Callable<T> work) throws Exception {
    shield(true);
    try {
      return work.call();
    } finally {
      shield(false);
    }
  }

  private void shield(boolean on) {
    lock.lock();
    try {
      shielded = on;
    } finally {
      lock.unlock();
    }
  }
}
