// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Turns the runs into the lines of a table.
///
/// @param runs the runs by the case's name
record Report(Map<String, Series> runs) {
  private static final List<String> HEAD =
      List.of("case", "unit", "median", "min - max", "ratio", "of", "goal", "met");

  /// Returns the table of the rows whose cases have run.
  String table(List<Row> rows) {
    var table = new Table(HEAD);
    for (Row row : rows) {
      Series series = runs.get(row.name());
      if (series != null && !series.isEmpty()) {
        table.add(line(row, series));
      }
    }
    return table.text();
  }

  private List<String> line(Row row, Series series) {
    Figure figure = row.figure();
    double median = series.median(figure);
    String range = figure.format(series.least(figure)) + " - " + figure.format(series.most(figure));
    Goal goal = row.goal();
    if (goal == null) {
      return List.of(row.name(), figure.unit(), figure.format(median), range, "", "", "", "");
    }
    double reference = reference(goal, figure);
    double measured = goal.reference() == null ? median : median / reference;
    return List.of(
        row.name(),
        figure.unit(),
        figure.format(median),
        range,
        goal.reference() == null || Double.isNaN(reference) ? "" : goal.ratioText(measured),
        goal.reference() == null ? "" : goal.reference(),
        goal.text(),
        Double.isNaN(measured) ? "?" : goal.isMet(measured) ? "yes" : "NO");
  }

  private double reference(Goal goal, Figure figure) {
    @Nullable Series series = goal.reference() == null ? null : runs.get(goal.reference());
    return series == null || series.isEmpty() ? Double.NaN : series.median(figure);
  }
}
