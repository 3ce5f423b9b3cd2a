// SPDX-License-Identifier: Apache-2.0
package dev.detent.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CursorTest {
  @Test
  void comesBackFromItsText() {
    Cursor cursor = Cursor.START.with(3, 1).with(0, 127).with(7, 128).with(5, Long.MAX_VALUE);
    assertThat(Cursor.parse(cursor.toString())).isEqualTo(cursor).hasSameHashCodeAs(cursor);
    assertThat(cursor.offset(5)).isEqualTo(Long.MAX_VALUE);
    assertThat(cursor.offset(4)).isZero();
    assertThat(cursor.offset(99)).isZero();
  }

  @Test
  void startsWithAnEmptyTextOrItsOwn() {
    assertThat(Cursor.parse("")).isEqualTo(Cursor.START);
    assertThat(Cursor.START.toString()).isNotEmpty();
    assertThat(Cursor.parse(Cursor.START.toString())).isEqualTo(Cursor.START);
    assertThat(Cursor.START.with(2, 5).with(2, 0)).isEqualTo(Cursor.START);
  }

  @ParameterizedTest
  @ValueSource(strings = {"3-17", "0-1", "nonsense!", "ü", "AQ==", "AgE", "AYE", "A", "AQAA", "AR"})
  void isNoOtherText(String text) {
    assertThat(Cursor.parse(text)).isNull();
  }

  @Test
  void isNoEndlessText() {
    String text = Base64.getUrlEncoder().encodeToString(new byte[1 << 20]);
    assertThat(Cursor.parse(text)).isNull();
  }
}
