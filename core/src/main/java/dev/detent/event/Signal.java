// SPDX-License-Identifier: Apache-2.0
package dev.detent.event;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Wakes one thread that waits for something to change.
///
/// **Guarantees**: what is raised before the wait, or during it, ends it.
///
/// **Threads**: any number may raise it, one waits. To raise it when it is raised already costs a
/// look.
final class Signal {
  private volatile boolean raised;
  private volatile @Nullable Thread waiting;

  void raise() {
    if (!raised) {
      raised = true;
      LockSupport.unpark(waiting);
    }
  }

  /// Waits until it is raised, or the time is over; then it is not raised any more.
  void await(long nanosMax) {
    waiting = Thread.currentThread();
    long deadline = System.nanoTime() + nanosMax;
    long left = nanosMax;
    while (!raised && left > 0) {
      LockSupport.parkNanos(this, left);
      left = deadline - System.nanoTime();
    }
    waiting = null;
    raised = false;
  }
}
