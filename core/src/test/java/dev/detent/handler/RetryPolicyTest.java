// SPDX-License-Identifier: Apache-2.0
package dev.detent.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {
  private static long[] pauses(RetryPolicy policy, int count) {
    return IntStream.rangeClosed(1, count).mapToLong(i -> policy.pause(i).toMillis()).toArray();
  }

  @Test
  void doublesItsPausesUpToAMinute() {
    assertThat(pauses(RetryPolicy.of(20), 13))
        .containsExactly(
            50, 100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 51_200, 60_000, 60_000);
    assertThat(RetryPolicy.of(20).pause(1_000_000)).isEqualTo(Duration.ofSeconds(60));
  }

  @Test
  void pausesAsItIsTold() {
    RetryPolicy policy =
        RetryPolicy.of(3).pauses(Duration.ofMillis(10), Duration.ofSeconds(1)).growing(3);
    assertThat(pauses(policy, 6)).containsExactly(10, 30, 90, 270, 810, 1_000);
    assertThat(pauses(policy.growing(1), 3)).containsExactly(10, 10, 10);
    assertThat(policy.attemptsMax()).isEqualTo(3);
    assertThat(RetryPolicy.none().attemptsMax()).isEqualTo(1);
  }

  @Test
  void refusesWhatIsOutsideItsLimits() {
    RetryPolicy policy = RetryPolicy.of(3);
    assertRefused(() -> RetryPolicy.of(0), "attemptsMax: expected 1 to 1000000, got 0");
    assertRefused(() -> RetryPolicy.of(1_000_001), "attemptsMax: expected");
    assertRefused(() -> policy.growing(0.5), "factor: expected 1 to 100, got 0.5");
    assertRefused(() -> policy.growing(Double.NaN), "factor: expected 1 to 100, got NaN");
    assertRefused(
        () -> policy.pauses(Duration.ZERO, Duration.ofDays(1)), "pauseFirst: expected 1 ms");
    assertRefused(
        () -> policy.pauses(Duration.ofSeconds(2), Duration.ofSeconds(1)),
        "pauseMax: expected PT2S (the first pause) to 1 day, got PT1S");
    assertRefused(
        () -> policy.pauses(Duration.ofSeconds(2), Duration.ofDays(2)), "pauseMax: expected");
  }

  private static void assertRefused(ThrowingCallable use, String message) {
    assertThatThrownBy(use)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("retry policy " + message);
  }
}
