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
  P99("ms p99"),
  /// How long after the last was written it was read.
  BEHIND("ms behind"),
  /// How much of the heap is in use after it was cleaned up.
  HEAP("MiB heap"),
  /// How busy a processor is, 100 for one that never rests.
  CPU("% CPU");

  private final String unit;

  Figure(String unit) {
    this.unit = unit;
  }

  String unit() {
    return unit;
  }

  /// Writes a value with as many digits as mean something.
  String format(double value) {
    return switch (this) {
      case RATE, HEAP -> String.format(Locale.ROOT, value < 100 ? "%.1f" : "%,.0f", value);
      case MEDIAN, P99, BEHIND -> String.format(Locale.ROOT, value < 10 ? "%.3f" : "%.1f", value);
      case CPU -> String.format(Locale.ROOT, "%.2f", value);
    };
  }
}
