// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import org.jspecify.annotations.Nullable;

/// Is one operation of a [History]: it took effect at one moment between its call and its return.
///
/// Without a result it may have taken effect at any moment after its call, or never. With a result
/// but [#OPEN] as its return it did take effect, at any moment after its call.
///
/// @param <O> what is asked
/// @param <R> what is answered
/// @param asked what was asked
/// @param result what was answered; null if nobody knows
/// @param calledAt when it was asked, in nanoseconds of a clock that never goes back
/// @param returnedAt when the answer had come, in nanoseconds of the same clock, not before the
///   call; or [#OPEN]
public record Operation<O, R>(O asked, @Nullable R result, long calledAt, long returnedAt) {
  /// Stands for a return that nobody saw.
  public static final long OPEN = Long.MAX_VALUE;

  /// Makes an operation.
  ///
  /// @throws IllegalArgumentException if it returns before it is called
  public Operation {
    if (returnedAt < calledAt) {
      throw new IllegalArgumentException(
          asked + ": expected a return at " + calledAt + " or later, got " + returnedAt);
    }
  }

  /// Tells whether it took effect for sure.
  public boolean certain() {
    return result != null;
  }
}
