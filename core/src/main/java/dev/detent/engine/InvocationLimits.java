// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

/// Holds the bounds of invocations.
///
/// @param queueMax at most so many wait behind each other on one instance
/// @param openMax at most so many are accepted by one lane, besides those that it took over
/// @param signalsMax at most so many signals reach one invocation
/// @param attemptsMax after so many failed attempts in a row it is paused; those that failed since
///   the store could not be reached count once at most
/// @param backoffMsMin the first pause between attempts
/// @param backoffMsMax the longest pause between attempts
record InvocationLimits(
    int queueMax,
    int openMax,
    int signalsMax,
    int attemptsMax,
    long backoffMsMin,
    long backoffMsMax) {
  static final InvocationLimits STANDARD =
      new InvocationLimits(1_000, 500_000, 1_000, 20, 50, 60_000);

  /// Returns the pause before another attempt, in milliseconds.
  ///
  /// @param attempts how many failed, at least 1
  long backoffMs(int attempts) {
    return Math.min(backoffMsMax, backoffMsMin << Math.min(attempts - 1, 20));
  }
}
