// SPDX-License-Identifier: Apache-2.0
package dev.detent.chaos;

import dev.detent.chaos.CounterModel.Asked;
import dev.detent.chaos.CounterModel.Kind;
import dev.detent.chaos.CounterModel.Seen;
import dev.detent.testkit.History;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Is one key of the counters: what was asked of it, and what came back.
///
/// **Threads**: safe for any number of threads.
final class Counter {
  private final String key;
  private final History<Asked, Seen> history = new History<>();
  private final List<Move> moves = new ArrayList<>();
  private final AtomicLong names = new AtomicLong();
  private volatile long lastSeen;

  /// Is one move that was asked for.
  static final class Move {
    final Asked asked;
    final History<Asked, Seen>.Call call;
    final Way way;

    /// The first answer that settles it.
    volatile @Nullable Answer answer;

    private Move(Asked asked, History<Asked, Seen>.Call call, Way way) {
      this.asked = asked;
      this.call = call;
      this.way = way;
    }

    String body() {
      return "{\"name\":\"" + asked.name() + "\"}";
    }
  }

  /// Says how a move is asked for.
  enum Way {
    /// As a plain call: once.
    CALL,
    /// As a call with an idempotency key: until there is an answer.
    SAFE_CALL,
    /// As a send: once.
    SEND,
    /// As a send with an idempotency key: until it is accepted.
    SAFE_SEND;

    boolean safe() {
      return this == SAFE_CALL || this == SAFE_SEND;
    }

    boolean sends() {
      return this == SEND || this == SAFE_SEND;
    }
  }

  Counter(String key) {
    this.key = key;
  }

  String key() {
    return key;
  }

  /// Returns the path of its instance.
  String path() {
    return "/counter/" + key;
  }

  History<Asked, Seen> history() {
    return history;
  }

  /// Begins a move; call it just before it is sent for the first time.
  Move begin(Kind kind, long expected, Way way) {
    var asked = new Asked(kind, key + "." + names.incrementAndGet(), expected);
    var move = new Move(asked, history.begin(asked), way);
    synchronized (moves) {
      moves.add(move);
    }
    return move;
  }

  /// Begins a read.
  History<Asked, Seen>.Call beginRead() {
    return history.begin(new Asked(Kind.READ, "", Asked.ANY));
  }

  /// Returns all moves so far.
  List<Move> moves() {
    synchronized (moves) {
      return List.copyOf(moves);
    }
  }

  /// Remembers a version that was seen.
  void saw(long version) {
    lastSeen = version;
  }

  /// Returns a version that was seen lately.
  long lastSeen() {
    return lastSeen;
  }
}
