// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

import java.util.ArrayList;
import java.util.List;

/// Sets text in columns: the first and the texts to the left, numbers to the right.
final class Table {
  private final List<List<String>> lines = new ArrayList<>();

  Table(List<String> head) {
    lines.add(head);
  }

  void add(List<String> line) {
    if (line.size() != lines.getFirst().size()) {
      throw new IllegalArgumentException(
          "line: expected " + lines.getFirst().size() + " columns, got " + line.size());
    }
    lines.add(line);
  }

  /// Returns the table, with a rule below its head and a line break after each line.
  String text() {
    int columns = lines.getFirst().size();
    int[] widths = new int[columns];
    boolean[] numbers = new boolean[columns];
    for (int column = 0; column < columns; column++) {
      int at = column;
      widths[at] = lines.stream().mapToInt(line -> line.get(at).length()).max().orElse(0);
      numbers[at] = lines.stream().skip(1).map(line -> line.get(at)).allMatch(Table::isNumber);
    }
    var out = new StringBuilder();
    write(out, lines.getFirst(), widths, numbers);
    write(out, rule(widths), widths, numbers);
    lines.stream().skip(1).forEach(line -> write(out, line, widths, numbers));
    return out.toString();
  }

  private static List<String> rule(int[] widths) {
    var rule = new ArrayList<String>();
    for (int width : widths) {
      rule.add("-".repeat(width));
    }
    return rule;
  }

  private static void write(StringBuilder out, List<String> line, int[] widths, boolean[] numbers) {
    var text = new StringBuilder();
    for (int column = 0; column < line.size(); column++) {
      String cell = line.get(column);
      String gap = " ".repeat(widths[column] - cell.length());
      text.append(column == 0 ? "" : "  ");
      text.append(numbers[column] ? gap + cell : cell + gap);
    }
    out.append(text.toString().stripTrailing()).append('\n');
  }

  private static boolean isNumber(String cell) {
    return cell.isEmpty() || Character.isDigit(cell.charAt(0)) || cell.equals("NaN");
  }
}
