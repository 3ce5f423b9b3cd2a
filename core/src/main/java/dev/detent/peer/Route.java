// SPDX-License-Identifier: Apache-2.0
package dev.detent.peer;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Leads to one other node: over the connection that is there, or a new one, but not sooner after a
/// failure than is good for both.
///
/// **Threads**: any number; its lock is held for moments only, and never while somebody is told
/// something.
final class Route implements Line.Watcher {
  private static final long BACKOFF_NANOS_MIN = 50_000_000;
  private static final int DOUBLINGS_MAX = 5;

  private final String address;
  private final Function<Line.Watcher, Line> opener;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Line line;
  private @Nullable PeerFailure failure;
  private int failures;
  private long retryAt;
  private boolean retired;

  /// Makes a route without a connection.
  ///
  /// @param address the node, for people
  /// @param opener makes a connection to it, yet to be started
  Route(String address, Function<Line.Watcher, Line> opener) {
    this.address = address;
    this.opener = opener;
  }

  /// Sends a request, or fails it at once.
  ///
  /// @return false if this route is out of use; nothing was done then
  boolean ask(Ask ask) {
    PeerFailure refusal;
    lock.lock();
    try {
      if (retired) {
        return false;
      }
      refusal = offer(ask);
    } finally {
      lock.unlock();
    }
    if (refusal != null) {
      ask.fail(refusal);
    }
    return true;
  }

  private @Nullable PeerFailure offer(Ask ask) {
    Line current = line;
    Line.Offer outcome = current == null ? Line.Offer.ENDED : current.offer(ask);
    if (outcome == Line.Offer.ENDED) {
      if (failure != null && Ticker.nanos() < retryAt) {
        return failure;
      }
      if (current != null && !current.isSettled()) {
        // What was asked before may not be overtaken.
        return fail(PeerFailure.Kind.NOT_SENT, "the connection has just ended");
      }
      Line fresh = opener.apply(this);
      line = fresh;
      // Before it starts: it may end at once, and then answers what it has.
      outcome = fresh.offer(ask);
      fresh.start();
    }
    return switch (outcome) {
      case TAKEN -> null;
      case FULL -> fail(PeerFailure.Kind.BUSY, "too many requests are unanswered; ask again later");
      case ENDED -> fail(PeerFailure.Kind.NOT_SENT, "connections are closed");
    };
  }

  private PeerFailure fail(PeerFailure.Kind kind, String why) {
    return new PeerFailure(kind, "node " + address + ": " + why);
  }

  @Override
  public void opened() {
    lock.lock();
    try {
      failures = 0;
      failure = null;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void failed(PeerFailure why) {
    lock.lock();
    try {
      retryAt = Ticker.nanos() + (BACKOFF_NANOS_MIN << Math.min(failures, DOUBLINGS_MAX));
      failures++;
      failure = why;
    } finally {
      lock.unlock();
    }
  }

  /// Closes a connection that nobody has needed for long.
  ///
  /// @return whether the route is of no use any more; it takes no request then
  boolean retire(long now) {
    Line idle = null;
    lock.lock();
    try {
      Line current = line;
      if (current != null && current.isSettled()) {
        line = null;
      } else if (current != null && current.isIdle(now)) {
        idle = current;
        line = null;
      }
      retired = line == null && now >= retryAt;
    } finally {
      lock.unlock();
    }
    if (idle != null) {
      idle.close("it was not needed for long");
    }
    return retired;
  }
}
