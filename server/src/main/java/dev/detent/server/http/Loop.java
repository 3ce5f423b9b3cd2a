// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import io.netty.channel.ChannelHandlerContext;
import io.vertx.core.Context;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.impl.HttpServerConnection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Is one event loop's part of the door: its counters, and the way back to it for answers.
///
/// The engine answers a whole batch at once. Answered exchanges are stacked, and the first of a
/// burst wakes the loop, so that a burst costs one wake-up.
///
/// **Threads**: [#answer] and [#run] are for any thread, all else for the loop's own.
final class Loop {
  private static final int STATES_REMEMBERED_MAX = 4_096;

  private final Shared shared;
  private final Context context;
  private final long threadId;
  private final int requestsMax;
  private final long bodiesBytesMax;
  private final AtomicReference<@Nullable Exchange> answered = new AtomicReference<>();
  private final Map<String, CharSequence> stateHeaders = new HashMap<>();
  private final Set<EventStream> streams = new HashSet<>();
  private final Map<HttpConnection, Presence> connections = new HashMap<>();
  private int requests;
  private long bodiesBytes;

  /// Makes the part of the calling event loop.
  Loop(Shared shared, Context context) {
    this.shared = shared;
    this.context = context;
    threadId = Thread.currentThread().threadId();
    int loops = shared.options().eventLoops();
    requestsMax = Math.max(1, shared.options().requestsMax() / loops);
    bodiesBytesMax = shared.options().bodiesBytesMax();
  }

  Shared shared() {
    return shared;
  }

  /// Finishes an exchange that has its reply, on this loop.
  void answer(Exchange exchange) {
    if (Thread.currentThread().threadId() == threadId) {
      exchange.finish();
      return;
    }
    Exchange top;
    do {
      top = answered.get();
      exchange.below(top);
    } while (!answered.compareAndSet(top, exchange));
    if (top == null) {
      var _ = run(this::drain);
    }
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

  /// Runs a task on this loop after a delay, and returns what cancels it.
  long after(long ms, Runnable task) {
    return context.owner().setTimer(ms, v -> task.run());
  }

  void cancel(long timer) {
    context.owner().cancelTimer(timer);
  }

  /// Takes a place among the requests that wait for their answer, if there is one.
  boolean enter() {
    if (requests >= requestsMax) {
      return false;
    }
    requests++;
    return true;
  }

  void leave() {
    requests--;
  }

  /// Takes room for a part of a body, if there is any.
  boolean reserve(int bytes) {
    if (bodiesBytes + bytes > bodiesBytesMax) {
      return false;
    }
    bodiesBytes += bytes;
    return true;
  }

  void release(long bytes) {
    bodiesBytes -= bytes;
  }

  /// Returns a state's name as a header's value.
  CharSequence stateHeader(String state) {
    CharSequence known = stateHeaders.get(state);
    if (known == null) {
      known = HttpHeaders.createOptimized(Percent.encode(state));
      if (stateHeaders.size() < STATES_REMEMBERED_MAX) {
        stateHeaders.put(state, known);
      }
    }
    return known;
  }

  Set<HttpConnection> connections() {
    return connections.keySet();
  }

  Set<EventStream> streams() {
    return streams;
  }

  /// Remembers a connection until [#forget].
  ///
  /// @param tooMany whether it is one too many: its first request is refused, then it is closed
  void remember(HttpConnection connection, boolean tooMany) {
    var presence = new Presence(tooMany);
    connections.put(connection, presence);
    if (connection instanceof HttpServerConnection open) {
      ChannelHandlerContext last = open.channelHandlerContext();
      last.pipeline().addBefore(last.name(), "presence", presence);
    }
  }

  /// Returns what is known of a connection; null once it is closed.
  @Nullable Presence presence(HttpConnection connection) {
    return connections.get(connection);
  }

  void forget(HttpConnection connection) {
    Presence gone = connections.remove(connection);
    if (gone != null) {
      gone.leave();
    }
  }

  private void drain() {
    Exchange next = oldestFirst(answered.getAndSet(null));
    while (next != null) {
      Exchange exchange = next;
      next = exchange.below();
      exchange.below(null);
      exchange.finish();
    }
  }

  private static @Nullable Exchange oldestFirst(@Nullable Exchange top) {
    Exchange reversed = null;
    Exchange next = top;
    while (next != null) {
      Exchange exchange = next;
      next = exchange.below();
      exchange.below(reversed);
      reversed = exchange;
    }
    return reversed;
  }
}
