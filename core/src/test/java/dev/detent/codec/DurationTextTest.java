// SPDX-License-Identifier: Apache-2.0
package dev.detent.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.detent.RefusedException;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DurationTextTest {
  @ParameterizedTest
  @CsvSource({
    "500ms, PT0.5S, 500ms",
    "10s, PT10S, 10s",
    "5m, PT5M, 5m",
    "2h, PT2H, 2h",
    "1d, PT24H, 1d",
    "90s, PT1M30S, 90s",
    "120m, PT2H, 2h",
    "36h, PT36H, 36h",
    "0s, PT0S, 0ms",
    "PT1.5S, PT1.5S, 1500ms",
    "P1DT1H, PT25H, 25h",
    "PT0.0000001S, PT0.0000001S, PT0.0000001S",
    "36500d, PT876000H, 36500d",
  })
  void readsAndWritesBack(String text, Duration duration, String shortest) {
    assertThat(DurationText.parse(text)).isEqualTo(duration);
    assertThat(DurationText.format(duration)).isEqualTo(shortest);
    assertThat(DurationText.parse(shortest)).isEqualTo(duration);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "30", "s", "1 s", "1S", "1.5s", "-1s", "1w", "P1M", "soon", "\u0661s"})
  void refusesWhatHasNoUnitOrIsNoDuration(String text) {
    assertThatThrownBy(() -> DurationText.parse(text))
        .isInstanceOf(RefusedException.class)
        .hasMessage(
            "duration: expected a number with a unit, such as 500ms, 10s, 5m, 2h or 1d, or"
                + " ISO-8601 such as PT30S, got '%s'",
            text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-PT1S", "36501d", "999999999999999999s", "PT-0.001S"})
  void refusesWhatIsNegativeOrTooLong(String text) {
    assertThatThrownBy(() -> DurationText.parse(text))
        .isInstanceOf(RefusedException.class)
        .hasMessage("duration: expected 0 to 36500d, got '%s'", text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"999999999999999999d", "99999999999999999999s", "P99999999999999999999D"})
  void refusesWhatOverflows(String text) {
    assertThatThrownBy(() -> DurationText.parse(text))
        .isInstanceOf(RefusedException.class)
        .hasMessageEndingWith("got '%s'", text);
  }
}
