// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import org.jspecify.annotations.Nullable;

/// Says what a transition does next, where the answer is not simply the new state, or where the
/// instance may stay as it is.
///
/// ```java
/// @Transition Next<Up, String> setUp(Up already) {
///   return Next.stay(already).reply("is already UP");
/// }
/// ```
///
/// **Threads**: immutable.
///
/// @param <S> the state, or the sealed interface of the states, that it leads to
/// @param <R> the answer
public final class Next<S, R extends @Nullable Object> {
  private final S state;
  private final boolean moves;
  private final boolean replies;
  private final R reply;

  private Next(S state, boolean moves, boolean replies, R reply) {
    this.state = state;
    this.moves = moves;
    this.replies = replies;
    this.reply = reply;
  }

  /// Moves to a state, which is an event even if it is the same state; the answer is the state.
  public static <S> Next<S, S> to(S state) {
    return new Next<>(state, true, false, state);
  }

  /// Stays: no event, no new version; the answer is the state.
  ///
  /// @param state the state that the transition was given, unchanged
  public static <S> Next<S, S> stay(S state) {
    return new Next<>(state, false, false, state);
  }

  /// Answers with something else than the state.
  public <T extends @Nullable Object> Next<S, T> reply(T value) {
    return new Next<>(state, moves, true, value);
  }

  S state() {
    return state;
  }

  boolean moves() {
    return moves;
  }

  boolean replies() {
    return replies;
  }

  R reply() {
    return reply;
  }
}
