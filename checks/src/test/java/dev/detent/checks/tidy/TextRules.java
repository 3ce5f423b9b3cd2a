// SPDX-License-Identifier: Apache-2.0
package dev.detent.checks.tidy;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/// Holds the rules that look at the text of a file.
final class TextRules {
  static final String LICENCE_LINE = "// SPDX-License-Identifier: Apache-2.0";
  static final int FILE_LINES_MAX = 500;
  static final int LINE_COLUMNS_MAX = 100;

  private static final Pattern UNFINISHED = Pattern.compile("\\b(TODO|FIXME|XXX)\\b");

  private TextRules() {}

  static List<Place> licence(Source source) {
    String first = source.lines().isEmpty() ? "" : source.lines().getFirst();
    return first.equals(LICENCE_LINE) ? List.of() : List.of(new Place(1, "'" + first + "'"));
  }

  static List<Place> fileLength(Source source) {
    int lines = source.lines().size();
    return lines <= FILE_LINES_MAX
        ? List.of()
        : List.of(new Place(FILE_LINES_MAX + 1, lines + " lines"));
  }

  static List<Place> lineLength(Source source) {
    List<String> lines = source.lines();
    return IntStream.range(0, lines.size())
        .filter(i -> columns(lines.get(i)) > LINE_COLUMNS_MAX)
        .mapToObj(i -> new Place(i + 1, columns(lines.get(i)) + " columns"))
        .toList();
  }

  static List<Place> unfinished(Source source) {
    List<String> lines = source.textWithoutLiterals().lines().toList();
    return IntStream.range(0, lines.size())
        .filter(i -> UNFINISHED.matcher(lines.get(i)).find())
        .mapToObj(i -> new Place(i + 1, "'" + lines.get(i).strip() + "'"))
        .toList();
  }

  static List<Place> format(Source source) {
    String formatted;
    try {
      formatted = new Formatter().formatSourceAndFixImports(source.text());
    } catch (FormatterException e) {
      return List.of(new Place(1, "what it can't read: " + e.getMessage()));
    }
    if (formatted.equals(source.text())) {
      return List.of();
    }
    List<String> is = source.lines();
    List<String> should = formatted.lines().toList();
    int same = 0;
    while (same < Math.min(is.size(), should.size()) && is.get(same).equals(should.get(same))) {
      same++;
    }
    String found = same < is.size() ? is.get(same).strip() : "the end of the file";
    String better = same < should.size() ? should.get(same).strip() : "the end of the file";
    return List.of(new Place(same + 1, "'" + found + "' instead of '" + better + "'"));
  }

  private static int columns(String line) {
    return line.codePointCount(0, line.length());
  }
}
