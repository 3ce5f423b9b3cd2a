// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

import java.util.Arrays;

/// Collects durations and tells their percentiles.
///
/// **Threads**: for one thread at a time.
final class Samples {
  private static final double NANOS_PER_MS = 1e6;

  private long[] nanos = new long[1024];
  private int count;
  private boolean sorted;

  void add(long duration) {
    if (count == nanos.length) {
      nanos = Arrays.copyOf(nanos, 2 * count);
    }
    nanos[count++] = duration;
    sorted = false;
  }

  void addAll(Samples other) {
    if (count + other.count > nanos.length) {
      nanos = Arrays.copyOf(nanos, Math.max(2 * count, count + other.count));
    }
    System.arraycopy(other.nanos, 0, nanos, count, other.count);
    count += other.count;
    sorted = false;
  }

  int count() {
    return count;
  }

  /// Returns the smallest sample that so many per cent of all do not exceed (nearest rank), in
  /// milliseconds; not a number if there is none.
  ///
  /// @param percent above 0, to 100
  double ms(double percent) {
    if (count == 0) {
      return Double.NaN;
    }
    if (!sorted) {
      Arrays.sort(nanos, 0, count);
      sorted = true;
    }
    int rank = (int) Math.ceil(percent / 100 * count);
    return nanos[Math.max(rank, 1) - 1] / NANOS_PER_MS;
  }
}
