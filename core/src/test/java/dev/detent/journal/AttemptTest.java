// SPDX-License-Identifier: Apache-2.0
package dev.detent.journal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AttemptTest {
  @Test
  void runsAStepOnceAndRemembersItsResult() {
    var runs = new int[1];
    var trial = new Trial(ctx -> ctx.step("charge", String.class, key -> key + "#" + ++runs[0]));
    assertThat(trial.answer()).isEqualTo("\"i3-1-1~0~0#1\"");
    assertThat(trial.answer()).isEqualTo("\"i3-1-1~0~0#1\"");
    assertThat(trial.journal.positions()).containsExactly("0");
  }
}
