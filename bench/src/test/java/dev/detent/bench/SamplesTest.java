// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SamplesTest {
  @Test
  void percentilesAreTheNearestRank() {
    var samples = new Samples();
    for (int i = 5_000; i >= 1; i--) {
      samples.add(i * 1_000_000L);
    }
    assertThat(samples.count()).isEqualTo(5_000);
    assertThat(samples.ms(50)).isEqualTo(2_500);
    assertThat(samples.ms(99)).isEqualTo(4_950);
    assertThat(samples.ms(100)).isEqualTo(5_000);
    assertThat(samples.ms(0.001)).isEqualTo(1);
  }

  @Test
  void aSingleSampleIsEveryPercentile() {
    var samples = new Samples();
    samples.add(1_500_000);
    assertThat(samples.ms(50)).isEqualTo(1.5);
    assertThat(samples.ms(99)).isEqualTo(1.5);
  }

  @Test
  void noSampleHasNoPercentile() {
    assertThat(new Samples().ms(50)).isNaN();
  }

  @Test
  void samplesAddedAfterALookCountToo() {
    var samples = new Samples();
    samples.add(9_000_000);
    assertThat(samples.ms(50)).isEqualTo(9);
    var others = new Samples();
    for (int i = 0; i < 3_000; i++) {
      others.add(2_000_000);
    }
    samples.addAll(others);
    assertThat(samples.count()).isEqualTo(3_001);
    assertThat(samples.ms(50)).isEqualTo(2);
    assertThat(samples.ms(100)).isEqualTo(9);
  }
}
