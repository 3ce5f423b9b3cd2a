// SPDX-License-Identifier: Apache-2.0
package dev.detent.peer;

import dev.detent.codec.Json;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Serves one connection that another node has made.
///
/// **Threads**: any number answer.
final class Guest {
  private static final System.Logger LOG = System.getLogger(PeerServer.class.getName());
  private static final long NANOS_PER_MS = 1_000_000;
  private static final long DEADLINE_MS_MAX = Duration.ofDays(3_650).toMillis();
  private static final int OVERHEAD_BYTES = 256;
  private static final long WARN_NANOS_MIN = 10_000_000_000L;
  private static final AtomicLong WARNED_AT = new AtomicLong();

  /// So many times the bytes at which requests are refused may answers to earlier ones take.
  private static final int OVERDRAFT = 4;

  private final Socket socket;
  private final PeerLimits limits;
  private final Handshake handshake;
  private final PeerHandler handler;
  private final Link link;
  private final Unanswered<Served> unanswered;
  private final long madeAt = Ticker.nanos();
  private volatile boolean open;
  private volatile boolean ended;

  Guest(Socket socket, PeerLimits limits, Handshake handshake, PeerHandler handler) {
    this.socket = socket;
    this.limits = limits;
    this.handshake = handshake;
    this.handler = handler.connected();
    this.link = new Link(socket, limits);
    this.unanswered =
        new Unanswered<>(limits.sizes().unansweredMax(), limits.sizes().waitingBytesMax());
  }

  /// Serves it on the calling thread until it ends.
  void serve() {
    try {
      socket.setTcpNoDelay(true);
      handshake.asServer(socket);
      open = true;
      link.carry(this::received);
    } catch (StrangerException e) {
      warn(e.getMessage());
      link.close(Link.reason(e));
    } catch (IOException | RuntimeException e) {
      link.close(Link.reason(e));
    } finally {
      close("it can't be read any more");
      ended = true;
    }
  }

  /// Warns once in a while only: who knocks again and again must not fill the log.
  private void warn(@Nullable String why) {
    long now = Ticker.nanos();
    long before = WARNED_AT.get();
    boolean due = before == 0 || now - before > WARN_NANOS_MIN;
    var level =
        due && WARNED_AT.compareAndSet(before, now)
            ? System.Logger.Level.WARNING
            : System.Logger.Level.DEBUG;
    LOG.log(level, "refused {0}: {1}", socket, why);
  }

  boolean isEnded() {
    return ended;
  }

  /// Looks after everything that time brings.
  void tick(long now) {
    unanswered.removeExpired(now);
    if (!open && now - madeAt > limits.times().connect().toNanos()) {
      close("no proof within " + limits.times().connect());
    } else if (link.isStalled(now)) {
      close("it has read nothing for " + limits.times().silence());
    } else if (now - link.heardAt() > 2 * limits.times().idle().toNanos()) {
      close("it has said nothing for twice " + limits.times().idle());
    }
  }

  /// Writes what was answered, within a limit, and ends it.
  void stop(Duration limit) {
    link.flush(limit);
    close("this node stops");
  }

  /// Ends it; what is unanswered stays so.
  void close(String why) {
    if (link.close(why)) {
      LOG.log(System.Logger.Level.DEBUG, "closed {0}: {1}", socket, why);
    }
    unanswered.removeAll();
  }

  private void received(Frame frame) throws IOException {
    switch (frame.kind()) {
      case ASK -> asked(frame);
      case PING -> send(Note.sign(FrameKind.PONG, frame.number()));
      default -> throw new IOException("frame: expected a request, got " + frame.kind());
    }
  }

  private void asked(Frame frame) {
    long deadlineMs = Math.clamp(frame.deadlineMs(), 0, DEADLINE_MS_MAX);
    int bytes = OVERHEAD_BYTES + frame.body().text().length();
    long deadlineAt = Ticker.nanos() + deadlineMs * NANOS_PER_MS;
    var served = new Served(this, frame.number(), deadlineAt, bytes);
    if (link.outbox.bytes() > limits.sizes().waitingBytesMax() || !unanswered.add(served)) {
      String busy = "it has too many unanswered requests; ask again later";
      send(Note.sentence(FrameKind.NOT_TAKEN, frame.number(), busy));
      return;
    }
    try {
      handler.handle(frame.body(), Duration.ofMillis(deadlineMs), served);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "request of another node: handling it failed", e);
      fail(served, "handling it failed: " + Link.reason(e));
    }
  }

  /// Sends an answer, unless there was one or nobody waits for it any more.
  void answer(Served served, Json reply) {
    if (!PeerClient.fits(reply, limits.sizes().frameBytesMax())) {
      fail(served, "its answer has more than " + limits.sizes().frameBytesMax() + " bytes");
    } else if (unanswered.remove(served)) {
      send(new Note(FrameKind.REPLY, served.number(), reply.text()));
    }
  }

  private void fail(Served served, String why) {
    if (unanswered.remove(served)) {
      send(Note.sentence(FrameKind.FAILED, served.number(), why));
    }
  }

  private void send(Note note) {
    link.outbox.offer(note);
    if (link.outbox.bytes() > OVERDRAFT * limits.sizes().waitingBytesMax()) {
      close("it does not read its answers");
    }
  }
}
