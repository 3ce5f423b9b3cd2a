// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import dev.detent.engine.Reply;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// Waits for the engine's replies to one command, and has its connection answer when all are here.
///
/// **Threads**: replies come on any thread; [#settle] is for the event loop.
final class Waiting {
  private final Connection connection;
  private final Slot slot;
  private final Step.Ask ask;
  private final AtomicReferenceArray<@Nullable Reply> replies;
  private final AtomicInteger missing;
  private @Nullable Waiting below;

  Waiting(Connection connection, Slot slot, Step.Ask ask) {
    this.connection = connection;
    this.slot = slot;
    this.ask = ask;
    int count = ask.requests().size();
    this.replies = new AtomicReferenceArray<>(count);
    this.missing = new AtomicInteger(count);
  }

  /// Takes the reply to one of the requests.
  void take(int index, Reply reply) {
    replies.set(index, reply);
    if (missing.decrementAndGet() == 0) {
      connection.loop().answer(this);
    }
  }

  /// Remembers what was answered just before.
  void below(@Nullable Waiting other) {
    below = other;
  }

  /// Returns what was answered just before, and forgets it.
  @Nullable Waiting takeBelow() {
    Waiting other = below;
    below = null;
    return other;
  }

  /// Puts the answer into its place, and returns whose it is.
  Connection settle() {
    try {
      slot.answer = ask.then().apply(all());
    } catch (RuntimeException e) {
      slot.answer = Refusal.of(e);
    }
    connection.settled();
    return connection;
  }

  private List<Reply> all() {
    var all = new Reply[replies.length()];
    Arrays.setAll(all, replies::get);
    return List.of(all);
  }
}
