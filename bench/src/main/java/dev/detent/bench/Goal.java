// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Says what a figure has to be: a share or a multiple of the same figure of another case, or an
/// amount.
///
/// @param reference the other case's name, or null for an amount
/// @param limit the ratio, or the amount
/// @param atLeast whether less than the limit is bad, and not more
record Goal(@Nullable String reference, double limit, boolean atLeast) {
  static Goal shareOf(String reference, double share) {
    return new Goal(reference, share, true);
  }

  static Goal timesAtMost(String reference, double times) {
    return new Goal(reference, times, false);
  }

  static Goal atLeast(double amount) {
    return new Goal(null, amount, true);
  }

  static Goal atMost(double amount) {
    return new Goal(null, amount, false);
  }

  boolean isMet(double value) {
    return atLeast ? value >= limit : value <= limit;
  }

  /// Writes the limit: `≥ 60 %`, `≤ 2.5 x`, `≤ 25`.
  String text() {
    if (reference == null) {
      return String.format(Locale.ROOT, limit % 1 == 0 ? "%s %,.0f" : "%s %.1f", sign(), limit);
    }
    return atLeast
        ? String.format(Locale.ROOT, "%s %.0f %%", sign(), 100 * limit)
        : String.format(Locale.ROOT, "%s %.1f x", sign(), limit);
  }

  /// Writes a ratio as [#text] writes the limit.
  String ratioText(double ratio) {
    return atLeast
        ? String.format(Locale.ROOT, "%.0f %%", 100 * ratio)
        : String.format(Locale.ROOT, "%.2f x", ratio);
  }

  private String sign() {
    return atLeast ? "≥" : "≤";
  }
}
