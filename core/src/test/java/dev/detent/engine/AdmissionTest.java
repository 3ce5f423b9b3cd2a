// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class AdmissionTest {
  private final Admission admission = new Admission(2, 100);

  @Test
  void refusesTooManyRequests() {
    assertThat(admission.enter(1)).isTrue();
    assertThat(admission.enter(1)).isTrue();
    assertThat(admission.enter(1)).isFalse();
    admission.leave(1);
    assertThat(admission.enter(1)).isTrue();
    assertThat(admission.requests()).isEqualTo(2);
  }

  @Test
  void refusesTooManyBytesAndForgetsThoseThatItRefused() {
    assertThat(admission.enter(60)).isTrue();
    assertThat(admission.enter(41)).isFalse();
    assertThat(admission.enter(40)).isTrue();
    assertThat(admission.requests()).isEqualTo(2);
  }
}
