// SPDX-License-Identifier: Apache-2.0
package dev.detent.peer;

import dev.detent.codec.Json;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicBoolean;

/// Holds one connection to another node, from the wish for it to its end.
///
/// Requests may be put in from the beginning: they wait until it is open. What is certain when it
/// ends: those that were not written did not happen.
///
/// **Threads**: any number.
final class Line {
  /// Tells what became of a request that was put in.
  enum Offer {
    /// It will be answered.
    TAKEN,
    /// Too many are unanswered; nothing was done with it.
    FULL,
    /// The connection has ended; nothing was done with it.
    ENDED
  }

  /// Hears how it goes.
  interface Watcher {
    /// Hears that the connection is open.
    void opened();

    /// Hears that the connection could not be opened.
    void failed(PeerFailure why);
  }

  private final String address;
  private final PeerLimits limits;
  private final Handshake handshake;
  private final Watcher watcher;
  private final Socket socket = new Socket();
  private final Link link;
  private final Unanswered<Ask> asks;
  private final long madeAt = Ticker.nanos();
  private final AtomicBoolean ended = new AtomicBoolean();
  private volatile boolean settled;
  private volatile boolean open;
  private volatile long usedAt = madeAt;
  private volatile long awaitedSince;
  private long pingedAt;
  private long tickedAt = madeAt;

  Line(String address, PeerLimits limits, Handshake handshake, Watcher watcher) {
    this.address = address;
    this.limits = limits;
    this.handshake = handshake;
    this.watcher = watcher;
    this.link = new Link(socket, limits);
    this.asks = new Unanswered<>(limits.sizes().unansweredMax(), limits.sizes().waitingBytesMax());
  }

  /// Starts to connect.
  void start() {
    Thread.ofVirtual().name("detent-peer-read").start(this::run);
  }

  /// Puts a request in.
  Offer offer(Ask ask) {
    if (!asks.add(ask)) {
      return Offer.FULL;
    }
    usedAt = Ticker.nanos();
    awaitSign(usedAt);
    // Whoever took it out meanwhile answers it.
    return link.outbox.offer(ask) || !asks.remove(ask) ? Offer.TAKEN : Offer.ENDED;
  }

  /// Ends it.
  void close(String why) {
    end(PeerFailure.Kind.NOT_SENT, why);
  }

  boolean isEnded() {
    return ended.get();
  }

  /// Tells whether it has ended and all that waited on it was told.
  boolean isSettled() {
    return settled;
  }

  /// Tells whether nobody has needed it for long.
  boolean isIdle(long now) {
    return open && asks.isEmpty() && now - usedAt > limits.times().idle().toNanos();
  }

  /// Looks after everything that time brings. One thread does.
  void tick(long now) {
    for (Ask ask : asks.removeExpired(now)) {
      ask.lose(PeerFailure.Kind.NOT_SENT, "node " + address + ": no answer within the deadline");
    }
    boolean late = now - tickedAt > limits.times().heartbeat().toNanos();
    tickedAt = now;
    if (late) {
      // This process itself stood still: what the other side said meanwhile is not read yet.
      awaitedSince = now;
    } else if (!open) {
      if (now - madeAt > limits.times().connect().toNanos()) {
        close("no connection within " + limits.times().connect());
      }
    } else if (link.isStalled(now)) {
      close("it has read nothing for " + limits.times().silence());
    } else if (isAwaited()) {
      watch(now);
    }
  }

  private void watch(long now) {
    long heardAt = link.heardAt();
    if (awaitedSince > heardAt && now - awaitedSince > limits.times().silence().toNanos()) {
      close("it has said nothing for " + limits.times().silence());
    } else if (now - Math.max(heardAt, pingedAt) > limits.times().heartbeat().toNanos()) {
      pingedAt = now;
      awaitSign(now);
      link.outbox.offer(Note.sign(FrameKind.PING, 0));
    }
  }

  /// Tells whether the other side owes an answer or a sign of life.
  private boolean isAwaited() {
    return !asks.isEmpty() || awaitedSince > link.heardAt();
  }

  private void awaitSign(long now) {
    if (awaitedSince <= link.heardAt()) {
      awaitedSince = now;
    }
  }

  private void run() {
    try {
      socket.setTcpNoDelay(true);
      long connectMs =
          Math.min(Integer.MAX_VALUE, Math.max(1, limits.times().connect().toMillis()));
      socket.connect(resolved(address), (int) connectMs);
      handshake.asClient(socket);
      open = true;
      watcher.opened();
      link.carry(this::received);
    } catch (StrangerException e) {
      end(PeerFailure.Kind.REFUSED, Link.reason(e));
    } catch (IOException | RuntimeException e) {
      close(Link.reason(e));
    } finally {
      close("it can't be read any more");
    }
  }

  private static InetSocketAddress resolved(String address) {
    int colon = address.lastIndexOf(':');
    String host = address.substring(0, Math.max(0, colon));
    String port = address.substring(colon + 1);
    if (host.isEmpty() || !port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65_535) {
      throw new IllegalArgumentException(
          "address of a node: expected host:port, got '" + address + "'");
    }
    return new InetSocketAddress(host, Integer.parseInt(port));
  }

  private void received(Frame frame) throws IOException {
    Ask ask = asks.remove(frame.number());
    if (ask == null) {
      // A sign of life, or an answer after its deadline.
      return;
    }
    switch (frame.kind()) {
      case REPLY -> ask.answer(frame.body());
      case NOT_TAKEN -> ask.fail(failure(PeerFailure.Kind.BUSY, sentence(frame.body())));
      case FAILED -> ask.fail(failure(PeerFailure.Kind.FAILED, sentence(frame.body())));
      default -> {
        ask.fail(failure(PeerFailure.Kind.CUT, "its answer is none"));
        throw new IOException("frame: expected an answer, got " + frame.kind());
      }
    }
  }

  private static String sentence(Json body) {
    return body.isString() ? body.asString() : body.text();
  }

  private void end(PeerFailure.Kind unsent, String why) {
    if (ended.getAndSet(true)) {
      return;
    }
    link.close(why);
    PeerFailure failure = failure(unsent, why);
    if (!open) {
      watcher.failed(failure);
    }
    for (Ask ask : asks.removeAll()) {
      ask.lose(unsent, failure.message());
    }
    settled = true;
  }

  private PeerFailure failure(PeerFailure.Kind kind, String why) {
    return new PeerFailure(kind, "node " + address + ": " + why);
  }
}
