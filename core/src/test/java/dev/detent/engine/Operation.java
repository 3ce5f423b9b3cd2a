// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.Key;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Holds what one simulated client wants, and what it was told.
final class Operation {
  final long number;
  final Request.OfInstance request;
  final String how;
  final @Nullable String token;
  final List<Attempt> attempts = new ArrayList<>();

  /// The first answer that was final; every repeat must be the same.
  @Nullable Reply first;

  /// Whether an answer was given that was not a replay.
  boolean ran;

  Operation(long number, Request.OfInstance request, String how, @Nullable String token) {
    this.number = number;
    this.request = request;
    this.how = how;
    this.token = token;
  }

  /// Holds one submission of it.
  static final class Attempt {
    final Operation operation;

    /// The version of the instance that somebody had already been told of when this began.
    final long known;

    /// The place of what the instance was then among all that it was.
    final int from;

    /// Its place among the submissions to one life of a lane.
    long turn;

    /// The life of the lane that has it.
    int life;

    /// The node that was asked.
    @Nullable SimulatedNode node;

    @Nullable Reply reply;
    boolean crashed;

    Attempt(Operation operation, long known, int from) {
      this.operation = operation;
      this.known = known;
      this.from = from;
    }

    boolean waits() {
      return reply == null && !crashed;
    }
  }

  Key key() {
    return request.key();
  }

  boolean reads() {
    return request instanceof Request.Read || request instanceof Request.Ask;
  }

  /// Tells whether all attempts were told for certain that nothing happened.
  boolean refusedForCertain() {
    return attempts.stream()
        .allMatch(a ->
            a.reply instanceof Reply.Refused refused
                && refused.problem().code() != dev.detent.ErrorCode.OUTCOME_UNKNOWN);
  }

  @Override
  public String toString() {
    return "#" + number + " " + request;
  }
}
