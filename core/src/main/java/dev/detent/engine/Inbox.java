// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/// Holds what is said to a lane until it has time for it.
///
/// **Threads**: any number of threads add, one takes.
final class Inbox {
  private final Queue<Object> urgent = new ConcurrentLinkedQueue<>();
  private final Queue<Object> messages = new ConcurrentLinkedQueue<>();

  /// Adds something that comes after what was added before.
  void add(Object message) {
    messages.add(message);
  }

  /// Adds something that comes before all but such.
  void addFirst(Object message) {
    urgent.add(message);
  }

  /// Takes what comes next, or returns null if there is nothing.
  @Nullable Object poll() {
    Object first = urgent.poll();
    return first == null ? messages.poll() : first;
  }

  boolean isEmpty() {
    return urgent.isEmpty() && messages.isEmpty();
  }

  /// Counts what waits, about.
  int size() {
    return urgent.size() + messages.size();
  }
}
