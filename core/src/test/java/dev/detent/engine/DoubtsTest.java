// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class DoubtsTest {
  private final Doubts doubts = new Doubts();

  @Test
  void doubtsOneMachineForAWhile() {
    doubts.add("m", 1_000);
    assertThat(doubts.has("m", 1_000)).isTrue();
    assertThat(doubts.has("m", 1_099)).isTrue();
    assertThat(doubts.has("m", 1_100)).isFalse();
    assertThat(doubts.has("other", 1_000)).isFalse();
  }

  @Test
  void doubtsTwiceAsLongEachTimeButNotForEver() {
    long now = 0;
    long pauseMs = Doubts.PAUSE_MS_MIN;
    for (int i = 0; i < 20; i++) {
      doubts.add("m", now);
      assertThat(doubts.has("m", now + pauseMs - 1)).isTrue();
      assertThat(doubts.has("m", now + pauseMs)).isFalse();
      now += pauseMs;
      pauseMs = Math.min(2 * pauseMs, Doubts.PAUSE_MS_MAX);
    }
  }

  @Test
  void beginsAnewAfterALongTimeWithoutDoubt() {
    doubts.add("m", 0);
    doubts.add("m", 150);
    assertThat(doubts.has("m", 300)).isTrue();
    doubts.add("m", 10_000);
    assertThat(doubts.has("m", 10_099)).isTrue();
    assertThat(doubts.has("m", 10_100)).isFalse();
  }

  @Test
  void isNotProlongedByWhatHappensMeanwhile() {
    doubts.add("m", 0);
    doubts.add("m", 99);
    assertThat(doubts.has("m", 100)).isFalse();
  }

  @Test
  void endsWhenTheClockIsSetBack() {
    doubts.add("m", 1_000_000);
    assertThat(doubts.has("m", 1_000)).isFalse();
  }
}
