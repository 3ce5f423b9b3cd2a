// SPDX-License-Identifier: Apache-2.0
package dev.detent.peer;

import dev.detent.codec.Json;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/// Holds a request on its way, and answers it exactly once.
///
/// Its stage decides races: only one of those who write it and those who give it up can leave
/// [Stage#QUEUED], so that what is said to be not sent never is.
///
/// **Threads**: any number.
final class Ask implements Outgoing, Pending {
  private enum Stage {
    QUEUED,
    SENT,
    DONE
  }

  private static final System.Logger LOG = System.getLogger(Ask.class.getName());
  private static final long NANOS_PER_MS = 1_000_000;
  private static final int OVERHEAD_BYTES = 256;

  private final long number;
  private final long deadlineAt;
  private final Json request;
  private final Consumer<Json> reply;
  private final Consumer<PeerFailure> failure;
  private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.QUEUED);

  /// Makes a request that waits to be sent.
  ///
  /// @param number its number
  /// @param deadlineAt until when it waits, as [Ticker#nanos] counts
  /// @param reply takes the answer
  /// @param failure takes what there is instead
  Ask(
      long number,
      long deadlineAt,
      Json request,
      Consumer<Json> reply,
      Consumer<PeerFailure> failure) {
    this.number = number;
    this.deadlineAt = deadlineAt;
    this.request = request;
    this.reply = reply;
    this.failure = failure;
  }

  @Override
  public long number() {
    return number;
  }

  @Override
  public long deadlineAt() {
    return deadlineAt;
  }

  @Override
  public int bytes() {
    return OVERHEAD_BYTES + request.text().length();
  }

  @Override
  public void write(FrameBuffer out) {
    long left = deadlineAt - Ticker.nanos();
    if (left > 0 && stage.compareAndSet(Stage.QUEUED, Stage.SENT)) {
      out.add(FrameKind.ASK, number, (left + NANOS_PER_MS - 1) / NANOS_PER_MS, request.text());
    }
  }

  /// Hands the answer on, unless it was answered before.
  void answer(Json answer) {
    if (stage.getAndSet(Stage.DONE) != Stage.DONE) {
      tell(() -> reply.accept(answer));
    }
  }

  /// Hands on that there will be no answer, unless it was answered before.
  void fail(PeerFailure why) {
    if (stage.getAndSet(Stage.DONE) != Stage.DONE) {
      tell(() -> failure.accept(why));
    }
  }

  /// Gives it up, unless it was answered before.
  ///
  /// @param unsent what is certain if it was not sent; if it was, it is cut
  void lose(PeerFailure.Kind unsent, String why) {
    Stage was = stage.getAndSet(Stage.DONE);
    if (was != Stage.DONE) {
      var kind = was == Stage.SENT ? PeerFailure.Kind.CUT : unsent;
      tell(() -> failure.accept(new PeerFailure(kind, why)));
    }
  }

  private void tell(Runnable told) {
    try {
      told.run();
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "request to another node: who asked failed on hearing", e);
    }
  }
}
