// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Runs all cases in turn, round after round: whatever slows the machine down for a while hits all
/// of them.
///
/// @param runs how many rounds count, after one that warms up
/// @param length how long a run is
/// @param progress is told what goes on
record Rounds(int runs, Duration length, Consumer<String> progress) {
  Map<String, Series> run(List<Case> cases) throws Exception {
    var series = new LinkedHashMap<String, Series>();
    for (Case each : cases) {
      progress.accept("warm-up: " + each.name());
      each.run(each.warmUp(length));
    }
    for (int round = 1; round <= runs; round++) {
      for (Case each : cases) {
        Run run = each.run(length);
        series.computeIfAbsent(each.name(), name -> new Series()).add(run);
        progress.accept("run %d of %d: %-40s %s".formatted(round, runs, each.name(), run.text()));
      }
    }
    return series;
  }
}
