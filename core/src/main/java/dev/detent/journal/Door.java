// SPDX-License-Identifier: Apache-2.0
package dev.detent.journal;

import dev.detent.Names;
import dev.detent.codec.DurationText;
import java.time.Duration;
import java.util.List;

/// Checks what a handler's code passes to its context.
final class Door {
  private static final Duration DURATION_MAX = Duration.ofDays(3_650);
  private static final int BRANCHES_MAX = 1_000;
  private static final int NAME_SHOWN_MAX = 80;

  private Door() {}

  static String name(String what, String name) {
    // The rule is that of the names of states.
    if (!Names.isStateName(name)) {
      String cut =
          name.length() <= NAME_SHOWN_MAX ? name : name.substring(0, NAME_SHOWN_MAX - 3) + "...";
      throw new IllegalArgumentException(
          what
              + " name: expected 1 to 64 bytes of UTF-8 without control characters, got '"
              + cut
              + "'; rename it");
    }
    return name;
  }

  static Duration duration(String what, Duration duration) {
    if (duration.isNegative() || duration.compareTo(DURATION_MAX) > 0) {
      throw new IllegalArgumentException(
          what + ": expected 0 to 3650d, got " + DurationText.format(duration));
    }
    return duration;
  }

  static void branches(String what, List<?> branches, int min) {
    if (branches.size() < min || branches.size() > BRANCHES_MAX) {
      String expected = min + " to " + BRANCHES_MAX + " branches";
      throw new IllegalArgumentException(
          what + ": expected " + expected + ", got " + branches.size());
    }
  }
}
