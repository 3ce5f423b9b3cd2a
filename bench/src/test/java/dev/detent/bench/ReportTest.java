// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportTest {
  @Test
  void setsMediansAgainstTheirGoals() {
    var report =
        new Report(
            Map.of(
                "raw", series(90_000, 110_000, 100_000),
                "engine", series(70_000, 50_000, 55_000),
                "hot", series(60_000, 61_000, 59_000)));
    String table =
        report.table(
            List.of(
                new Row("raw", Figure.RATE, null),
                new Row("engine", Figure.RATE, Goal.shareOf("raw", 0.6)),
                new Row("hot", Figure.RATE, Goal.shareOf("raw", 0.6)),
                new Row("hot", Figure.MEDIAN, Goal.timesAtMost("raw", 2.5)),
                new Row("hot", Figure.P99, Goal.atMost(25)),
                new Row("hot", Figure.RATE, Goal.atLeast(60_000)),
                new Row("hot", Figure.P99, Goal.atMost(30.5)),
                new Row("absent", Figure.RATE, null)));
    assertThat(table)
        .isEqualTo(
            """
            case    unit     median         min - max   ratio  of   goal      met
            ------  ------  -------  ----------------  ------  ---  --------  ---
            raw     per s   100,000  90,000 - 110,000
            engine  per s    55,000   50,000 - 70,000    55 %  raw  ≥ 60 %    NO
            hot     per s    60,000   59,000 - 61,000    60 %  raw  ≥ 60 %    yes
            hot     ms p50    1.500     1.500 - 1.500  1.00 x  raw  ≤ 2.5 x   yes
            hot     ms p99     30.0       30.0 - 30.0               ≤ 25      NO
            hot     per s    60,000   59,000 - 61,000               ≥ 60,000  yes
            hot     ms p99     30.0       30.0 - 30.0               ≤ 30.5    yes
            """);
  }

  @Test
  void aGoalWhoseReferenceDidNotRunIsOpen() {
    var report = new Report(Map.of("engine", series(1_000)));
    assertThat(report.table(List.of(new Row("engine", Figure.RATE, Goal.shareOf("raw", 0.6)))))
        .endsWith("≥ 60 %  ?\n");
  }

  @Test
  void theMedianOfAnEvenNumberIsBetweenTheMiddleTwo() {
    assertThat(series(1, 2, 30, 4).median(Figure.RATE)).isEqualTo(3);
  }

  private static Series series(double... rates) {
    var series = new Series();
    for (double rate : rates) {
      series.add(new Run(rate, 1.5, 30));
    }
    return series;
  }
}
