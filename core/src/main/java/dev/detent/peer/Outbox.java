// SPDX-License-Identifier: Apache-2.0
package dev.detent.peer;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Holds what waits to be written on one connection, in order.
///
/// **Threads**: any number put in, and none of them waits; one takes out.
final class Outbox {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private List<Outgoing> queue = new ArrayList<>();
  private List<Outgoing> taken = new ArrayList<>();
  private long queuedBytes;
  private long takenBytes;
  private boolean finished;

  /// Puts something in.
  ///
  /// @return false if it takes nothing any more
  boolean offer(Outgoing outgoing) {
    lock.lock();
    try {
      if (finished) {
        return false;
      }
      queuedBytes += outgoing.bytes();
      queue.add(outgoing);
      if (queue.size() == 1) {
        changed.signal();
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /// Waits until there is something, and takes all of it; what was taken before counts as written.
  ///
  /// @return empty at the end, after [#finish]; to be read before the next call only
  List<Outgoing> take() throws InterruptedException {
    lock.lock();
    try {
      taken.clear();
      takenBytes = 0;
      while (queue.isEmpty() && !finished) {
        changed.await();
      }
      List<Outgoing> batch = queue;
      queue = taken;
      taken = batch;
      takenBytes = queuedBytes;
      queuedBytes = 0;
      return batch;
    } finally {
      lock.unlock();
    }
  }

  /// Returns about how many bytes are in here or being written.
  long bytes() {
    lock.lock();
    try {
      return queuedBytes + takenBytes;
    } finally {
      lock.unlock();
    }
  }

  /// Takes nothing more; what is in here can still be taken out.
  void finish() {
    lock.lock();
    try {
      finished = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /// Takes nothing more, and throws away what is in here.
  void close() {
    lock.lock();
    try {
      queue.clear();
      queuedBytes = 0;
      finish();
    } finally {
      lock.unlock();
    }
  }
}
