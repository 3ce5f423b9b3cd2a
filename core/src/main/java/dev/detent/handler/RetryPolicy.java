// SPDX-License-Identifier: Apache-2.0
package dev.detent.handler;

import java.time.Duration;

/// Says how often a step is tried in place before its failure is final, and how long the pauses
/// between are: each is longer than the one before by a factor.
///
/// ```java
/// ctx.step("charge", Receipt.class, RetryPolicy.of(5), key -> bank.charge(key, amount));
/// ```
///
/// Attempts are counted in memory: after a crash, the count begins anew. Without a policy a step's
/// failure is never final: the whole attempt ends and is repeated by the engine, with pauses of its
/// own, until the invocation is paused for somebody to look at.
///
/// **Threads**: immutable.
///
/// **Limits**: 1 to 1,000,000 attempts; pauses of 1 ms to 1 day, the longest not below the first; a
/// factor of 1 to 100.
///
/// @param attemptsMax how often it is tried, the first time included
/// @param pauseFirst the pause after the first failure; 50 ms unless said otherwise
/// @param factor by how much the pauses grow; 2 unless said otherwise
/// @param pauseMax the longest pause; 60 s unless said otherwise
public record RetryPolicy(int attemptsMax, Duration pauseFirst, double factor, Duration pauseMax) {
  private static final Duration PAUSE_FIRST = Duration.ofMillis(50);
  private static final Duration PAUSE_MAX = Duration.ofSeconds(60);
  private static final Duration SHORTEST = Duration.ofMillis(1);
  private static final Duration LONGEST = Duration.ofDays(1);
  private static final int ATTEMPTS_LIMIT = 1_000_000;
  private static final double FACTOR_LIMIT = 100;

  /// Checks the limits.
  ///
  /// @throws IllegalArgumentException if a value is outside
  public RetryPolicy {
    if (attemptsMax < 1 || attemptsMax > ATTEMPTS_LIMIT) {
      throw wrong("attemptsMax", "1 to " + ATTEMPTS_LIMIT, attemptsMax);
    }
    if (pauseFirst.compareTo(SHORTEST) < 0 || pauseFirst.compareTo(LONGEST) > 0) {
      throw wrong("pauseFirst", "1 ms to 1 day", pauseFirst);
    }
    if (pauseMax.compareTo(pauseFirst) < 0 || pauseMax.compareTo(LONGEST) > 0) {
      throw wrong("pauseMax", pauseFirst + " (the first pause) to 1 day", pauseMax);
    }
    if (!(factor >= 1 && factor <= FACTOR_LIMIT)) {
      throw wrong("factor", "1 to 100", factor);
    }
  }

  /// Returns the policy that tries so often, with the pauses that everything has unless told
  /// otherwise.
  ///
  /// @param attemptsMax how often, the first time included
  public static RetryPolicy of(int attemptsMax) {
    return new RetryPolicy(attemptsMax, PAUSE_FIRST, 2, PAUSE_MAX);
  }

  /// Returns the policy that tries once: whatever is thrown is final.
  public static RetryPolicy none() {
    return of(1);
  }

  /// Returns the same with other pauses.
  ///
  /// @param first after the first failure
  /// @param max the longest
  public RetryPolicy pauses(Duration first, Duration max) {
    return new RetryPolicy(attemptsMax, first, factor, max);
  }

  /// Returns the same with pauses that grow differently.
  ///
  /// @param times by how much each is longer than the one before; 1 for equal ones
  public RetryPolicy growing(double times) {
    return new RetryPolicy(attemptsMax, pauseFirst, times, pauseMax);
  }

  /// Returns the pause after so many failures.
  ///
  /// @param failures at least 1
  public Duration pause(int failures) {
    double nanos = pauseFirst.toNanos() * Math.pow(factor, failures - 1);
    return nanos >= pauseMax.toNanos() ? pauseMax : Duration.ofNanos((long) nanos);
  }

  private static IllegalArgumentException wrong(String what, String expected, Object got) {
    return new IllegalArgumentException(
        "retry policy " + what + ": expected " + expected + ", got " + got);
  }
}
