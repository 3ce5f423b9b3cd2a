// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.cli;

import dev.detent.DetentException;
import dev.detent.ErrorCode;
import dev.detent.Problem;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/// Writes to the two streams of a command line, and knows the exit codes.
///
/// @param out for results
/// @param err for everything else
record Console(PrintStream out, PrintStream err) {
  static final int OK = 0;
  static final int USAGE = 1;
  static final int SYSTEM = 2;

  private static final int LINES_MAX = 3;

  /// Reports why a command can't be done.
  ///
  /// @return the exit code
  int report(DetentException e) {
    Problem problem = e.problem();
    boolean usage = problem.code() == ErrorCode.BAD_REQUEST;
    List<String> lines = lines(problem);
    (usage ? lines : shortened(lines)).forEach(line -> err.println("detent: " + line));
    return usage ? USAGE : SYSTEM;
  }

  /// Reports a defect, in one line as well: where it came from, for those who will mend it.
  ///
  /// @return the exit code
  int report(RuntimeException e) {
    StackTraceElement[] trace = e.getStackTrace();
    String place = trace.length == 0 ? "" : " at " + trace[0];
    err.println("detent: internal error: " + oneLine(e.toString()) + place);
    return SYSTEM;
  }

  private static List<String> lines(Problem problem) {
    var lines = new ArrayList<String>();
    if (problem.members().get("problems") instanceof Iterable<?> several) {
      several.forEach(each -> lines.add(oneLine(String.valueOf(each))));
    } else {
      lines.add(oneLine(problem.detail()));
    }
    return lines;
  }

  private static List<String> shortened(List<String> lines) {
    if (lines.size() <= LINES_MAX) {
      return lines;
    }
    var shortened = new ArrayList<>(lines.subList(0, LINES_MAX - 1));
    shortened.add(String.join(" | ", lines.subList(LINES_MAX - 1, lines.size())));
    return shortened;
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\s*\\R\\s*", " ");
  }
}
