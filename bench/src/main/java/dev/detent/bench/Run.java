// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

/// Holds what one run of a case found.
///
/// @param perSecond how many a second
/// @param medianMs how long one took, the median in milliseconds
/// @param p99Ms how long one took, the 99th percentile in milliseconds
record Run(double perSecond, double medianMs, double p99Ms) {
  static Run of(long count, long nanos, Samples latencies) {
    return new Run(count * 1e9 / nanos, latencies.ms(50), latencies.ms(99));
  }
}
