// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

import java.util.Locale;

/// Names what a row of the table shows of a case.
enum Figure {
  /// How many a second.
  RATE("per s"),
  /// How long one takes, the median.
  MEDIAN("ms p50"),
  /// How long the slowest take.
  P99("ms p99");

  private final String unit;

  Figure(String unit) {
    this.unit = unit;
  }

  String unit() {
    return unit;
  }

  double of(Run run) {
    return switch (this) {
      case RATE -> run.perSecond();
      case MEDIAN -> run.medianMs();
      case P99 -> run.p99Ms();
    };
  }

  /// Writes a value with as many digits as mean something.
  String format(double value) {
    if (this != RATE) {
      return String.format(Locale.ROOT, value < 10 ? "%.3f" : "%.1f", value);
    }
    return String.format(Locale.ROOT, value < 100 ? "%.1f" : "%,.0f", value);
  }
}
