// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import org.jspecify.annotations.Nullable;

/// Says what an object does when operations come one after the other: what a [History] of
/// concurrent ones is compared with.
///
/// **Threads**: it has no state of its own, so it is safe for any number of threads.
///
/// @param <S> the object's state: immutable, with `equals` and `hashCode`
/// @param <O> what is asked of it
/// @param <R> what it answers
public interface Model<S, O, R> {
  /// Returns the state before the first operation.
  S initial();

  /// Returns the state after an operation that took effect.
  ///
  /// @param state the state before
  /// @param operation what was asked
  /// @param result what was answered, or null if nobody knows: then any answer will do
  /// @return the state after, or null if the operation can't have that result in that state
  @Nullable S next(S state, O operation, @Nullable R result);
}
