// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

import java.util.ArrayList;
import java.util.List;

/// Holds the runs of one case.
final class Series {
  private final List<Run> runs = new ArrayList<>();

  void add(Run run) {
    runs.add(run);
  }

  boolean isEmpty() {
    return runs.isEmpty();
  }

  /// Returns the median of a figure over all runs; of an even number, the mean of the middle two.
  double median(Figure figure) {
    double[] values = sorted(figure);
    int middle = values.length / 2;
    return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  }

  double least(Figure figure) {
    return sorted(figure)[0];
  }

  double most(Figure figure) {
    double[] values = sorted(figure);
    return values[values.length - 1];
  }

  private double[] sorted(Figure figure) {
    return runs.stream().mapToDouble(run -> run.value(figure)).sorted().toArray();
  }
}
