// SPDX-License-Identifier: Apache-2.0
package dev.detent.codec;

import dev.detent.DetentException;
import dev.detent.ErrorCode;
import dev.detent.Problem;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads and writes durations as people type them: `500ms`, `10s`, `5m`, `2h`, `1d`, or ISO-8601
/// such as `PT1H30M`.
public final class DurationText {
  /// The longest duration that is read: 100 years of 365 days.
  public static final Duration MAX = Duration.ofDays(36_500);

  private static final Pattern SHORT = Pattern.compile("([0-9]{1,18})(ms|s|m|h|d)");

  private DurationText() {}

  /// Reads a duration of 0 to [#MAX].
  ///
  /// @throws dev.detent.RefusedException BAD_REQUEST if it is none, has no unit, is negative or too
  ///   long
  public static Duration parse(String text) {
    try {
      Matcher matcher = SHORT.matcher(text);
      Duration duration =
          matcher.matches()
              ? of(Long.parseLong(matcher.group(1)), matcher.group(2))
              : Duration.parse(text);
      if (duration.isNegative() || duration.compareTo(MAX) > 0) {
        throw fault("expected 0 to " + format(MAX) + ", got " + shown(text));
      }
      return duration;
    } catch (DateTimeException | ArithmeticException e) {
      throw fault(
          "expected a number with a unit, such as 500ms, 10s, 5m, 2h or 1d, or ISO-8601 such as"
              + " PT30S, got "
              + shown(text));
    }
  }

  /// Writes a duration as short as it goes without loss: a whole number of the largest unit that
  /// fits, or ISO-8601 if it is finer than milliseconds.
  public static String format(Duration duration) {
    if (duration.toNanosPart() % 1_000_000 != 0) {
      return duration.toString();
    }
    long seconds = duration.toSeconds();
    if (duration.toNanosPart() != 0 || seconds == 0) {
      return duration.toMillis() + "ms";
    } else if (seconds % 86_400 == 0) {
      return seconds / 86_400 + "d";
    } else if (seconds % 3_600 == 0) {
      return seconds / 3_600 + "h";
    } else if (seconds % 60 == 0) {
      return seconds / 60 + "m";
    }
    return seconds + "s";
  }

  private static Duration of(long count, String unit) {
    return switch (unit) {
      case "ms" -> Duration.ofMillis(count);
      case "s" -> Duration.ofSeconds(count);
      case "m" -> Duration.ofMinutes(count);
      case "h" -> Duration.ofHours(count);
      case "d" -> Duration.ofDays(count);
      default -> throw new DateTimeException(unit);
    };
  }

  private static String shown(String text) {
    return "'" + (text.length() <= 60 ? text : text.substring(0, 57) + "...") + "'";
  }

  private static DetentException fault(String what) {
    return Problem.of(ErrorCode.BAD_REQUEST, "duration: " + what).exception();
  }
}
