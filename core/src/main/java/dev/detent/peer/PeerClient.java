// SPDX-License-Identifier: Apache-2.0
package dev.detent.peer;

import dev.detent.Names;
import dev.detent.codec.Json;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// Asks other nodes, over one kept connection to each.
///
/// A connection is made when it is first needed, again after it was lost (after a failure not
/// sooner than 50 ms, doubled each time up to 1.6 s; meanwhile requests fail at once), and closed
/// when it was not needed for long.
///
/// **Guarantees**: each request ends in exactly one reply or one failure, at its deadline at the
/// latest, and when the client is closed. A failure NOT_SENT, BUSY or REFUSED is certain: the other
/// node has not acted. Nothing is sent twice. Requests to a node are handed to it in the order in
/// which they were asked; over a new connection only after all of the old one have ended.
///
/// **Threads**: safe for any number of threads; no method waits for the network.
///
/// **Limits**: see [PeerLimits]. Beyond them a request fails at once with BUSY.
public final class PeerClient implements AutoCloseable {
  private static final Duration DEADLINE_MAX = Duration.ofDays(3_650);

  private final Handshake handshake;
  private final PeerLimits limits;
  private final ConcurrentHashMap<String, Route> routes = new ConcurrentHashMap<>();
  private final Set<Line> lines = ConcurrentHashMap.newKeySet();
  private final AtomicLong numbers = new AtomicLong();
  private final Ticker ticker;
  private volatile boolean closed;

  private PeerClient(Handshake handshake, PeerLimits limits) {
    this.handshake = handshake;
    this.limits = limits;
    this.ticker = Ticker.start("detent-peer-client", this::tick);
  }

  /// Opens a client with the standard limits. It connects to nobody yet.
  ///
  /// @param secret what all nodes of the cluster know; 1 byte or more
  /// @throws IllegalArgumentException if the secret is empty
  public static PeerClient open(byte[] secret) {
    return open(secret, PeerLimits.STANDARD);
  }

  /// Opens a client. It connects to nobody yet.
  ///
  /// @param secret what all nodes of the cluster know; 1 byte or more
  /// @param limits bounds of time and memory
  /// @throws IllegalArgumentException if the secret is empty
  public static PeerClient open(byte[] secret, PeerLimits limits) {
    return new PeerClient(new Handshake(secret, Handshake.VERSION), limits);
  }

  /// Asks another node. Either `reply` or `failure` is called, once: perhaps before this returns,
  /// perhaps on a thread that reads for all requests to that node, so it has to return at once.
  ///
  /// @param address the node, `host:port`
  /// @param request what is asked
  /// @param deadline how long to wait, also for the connection; up to 3,650 days; the failure may
  ///   come 50 ms later
  /// @param reply takes the answer
  /// @param failure takes what there is instead
  public void ask(
      String address,
      Json request,
      Duration deadline,
      Consumer<Json> reply,
      Consumer<PeerFailure> failure) {
    boolean bounded = deadline.compareTo(DEADLINE_MAX) < 0;
    long deadlineAt = Ticker.nanos() + (bounded ? deadline : DEADLINE_MAX).toNanos();
    var ask = new Ask(numbers.incrementAndGet(), deadlineAt, request, reply, failure);
    if (!fits(request, limits.sizes().frameBytesMax())) {
      ask.fail(
          new PeerFailure(
              PeerFailure.Kind.REFUSED,
              "request to node "
                  + address
                  + ": expected at most "
                  + limits.sizes().frameBytesMax()
                  + " bytes, got more"));
    } else if (!deadline.isPositive()) {
      ask.lose(PeerFailure.Kind.NOT_SENT, "node " + address + ": the deadline has passed");
    } else if (closed) {
      ask.lose(PeerFailure.Kind.NOT_SENT, "node " + address + ": connections are closed");
    } else {
      send(address, ask);
    }
  }

  /// Tells whether a value is small enough for a frame.
  static boolean fits(Json value, int bytesMax) {
    // Each UTF-16 unit takes one to three bytes.
    int length = value.text().length();
    return length <= bytesMax / 3
        || (length <= bytesMax && Names.utf8Length(value.text()) <= bytesMax);
  }

  private void send(String address, Ask ask) {
    Route route = route(address);
    while (!route.ask(ask)) {
      routes.remove(address, route);
      route = route(address);
    }
  }

  private Route route(String address) {
    return routes.computeIfAbsent(address, to -> new Route(to, watcher -> line(to, watcher)));
  }

  private Line line(String address, Line.Watcher watcher) {
    var line = new Line(address, limits, handshake, watcher);
    lines.add(line);
    // Looked at after adding: either this or close() sees the other.
    if (closed) {
      line.close("connections are closed");
    }
    return line;
  }

  private void tick() {
    long now = Ticker.nanos();
    lines.forEach(line -> line.tick(now));
    lines.removeIf(Line::isEnded);
    routes.forEach((address, route) -> {
      if (route.retire(now)) {
        routes.remove(address, route);
      }
    });
  }

  /// Ends all connections; what is unanswered fails, and so does what is asked later.
  @Override
  public void close() {
    closed = true;
    ticker.stop();
    lines.forEach(line -> line.close("connections are closed"));
    lines.clear();
  }
}
