// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import io.vertx.core.Context;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Is one event loop's part of the door: its connections, and the way back to it for answers.
///
/// The engine answers a whole batch at once. What is answered is stacked, and the first of a burst
/// wakes the loop, so that a burst costs one wake-up, and one write for each connection.
///
/// **Threads**: [#answer] and [#run] are for any thread, all else for the loop's own.
final class Loop {
  private final Shared shared;
  private final Context context;
  private final long threadId;
  private final AtomicReference<@Nullable Waiting> answered = new AtomicReference<>();
  private final Set<Connection> connections = new HashSet<>();
  private long input;

  /// Makes the part of the calling event loop.
  Loop(Shared shared, Context context) {
    this.shared = shared;
    this.context = context;
    this.threadId = Thread.currentThread().threadId();
  }

  Shared shared() {
    return shared;
  }

  Set<Connection> connections() {
    return connections;
  }

  /// Takes or gives back room for what clients have sent only a part of.
  ///
  /// @return whether there is room for it
  boolean reserve(long bytes) {
    input += bytes;
    return bytes <= 0 || input <= shared.options().inputBytesMax();
  }

  /// Has an answer written, on this loop.
  void answer(Waiting waiting) {
    if (Thread.currentThread().threadId() == threadId) {
      waiting.settle().proceed();
      return;
    }
    Waiting top;
    do {
      top = answered.get();
      waiting.below(top);
    } while (!answered.compareAndSet(top, waiting));
    if (top == null) {
      var _ = run(this::drain);
    }
  }

  private void drain() {
    var settled = new ArrayList<Waiting>();
    Waiting next = answered.getAndSet(null);
    while (next != null) {
      settled.add(next);
      next = next.takeBelow();
    }
    List<Connection> touched = new ArrayList<>();
    for (int i = settled.size() - 1; i >= 0; i--) {
      Connection connection = settled.get(i).settle();
      if (connection.touch()) {
        touched.add(connection);
      }
    }
    touched.forEach(Connection::proceed);
  }

  /// Runs a task on this loop, later. Returns false if the loop has ended: then nobody is there to
  /// hear of it.
  boolean run(Runnable task) {
    try {
      context.runOnContext(v -> task.run());
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }
}
