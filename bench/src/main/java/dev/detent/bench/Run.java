// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Collectors;

/// Holds what one run of a case found.
///
/// @param figures the value of each figure that was measured
record Run(Map<Figure, Double> figures) {
  /// Makes one of a case that does something over and over.
  ///
  /// @param perSecond how many a second
  /// @param medianMs how long one took, the median in milliseconds
  /// @param p99Ms how long one took, the 99th percentile in milliseconds
  Run(double perSecond, double medianMs, double p99Ms) {
    this(Map.of(Figure.RATE, perSecond, Figure.MEDIAN, medianMs, Figure.P99, p99Ms));
  }

  static Run of(long count, long nanos, Samples latencies) {
    return new Run(count * 1e9 / nanos, latencies.ms(50), latencies.ms(99));
  }

  /// Returns the value of a figure; not a number if it was not measured.
  double value(Figure figure) {
    return figures.getOrDefault(figure, Double.NaN);
  }

  /// Writes all figures in one line.
  String text() {
    return new EnumMap<>(figures)
        .entrySet().stream()
            .map(each -> each.getKey().format(each.getValue()) + " " + each.getKey().unit())
            .collect(Collectors.joining(", "));
  }
}
