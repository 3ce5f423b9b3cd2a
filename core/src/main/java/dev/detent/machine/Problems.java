// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import dev.detent.DetentException;
import dev.detent.ErrorCode;
import dev.detent.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Collects everything that is wrong with a definition, to report it at once.
final class Problems {
  /// The most problems that are listed.
  static final int LISTED_MAX = 100;

  private final Map<String, Reading.Finding> found = new LinkedHashMap<>();

  void add(String problem) {
    add(problem, Place.WHOLE);
  }

  void add(String problem, Place place) {
    found.putIfAbsent(problem, new Reading.Finding(problem, place));
  }

  List<Reading.Finding> findings() {
    return List.copyOf(found.values());
  }

  int size() {
    return found.size();
  }

  boolean isEmpty() {
    return found.isEmpty();
  }

  void throwIfAny(String machine) {
    requireNone(machine, found.keySet());
  }

  static void requireNone(String machine, Iterable<String> problems) {
    var list = new ArrayList<String>();
    problems.forEach(list::add);
    if (!list.isEmpty()) {
      throw exception(machine, list);
    }
  }

  private static DetentException exception(String machine, List<String> all) {
    List<String> listed = all;
    if (all.size() > LISTED_MAX) {
      listed = new ArrayList<>(all.subList(0, LISTED_MAX));
      listed.add("and " + (all.size() - LISTED_MAX) + " more");
    }
    String count = all.size() == 1 ? "" : all.size() + " problems, first: ";
    String what = "definition of machine " + shown(machine) + ": " + count + all.getFirst();
    return Problem.of(ErrorCode.INVALID_DEFINITION, what)
        .with("machine", shown(machine))
        .with("problems", List.copyOf(listed))
        .exception();
  }

  /// Returns text for a message, shortened.
  static String shown(String text) {
    return text.length() <= 80 ? text : text.substring(0, 77) + "...";
  }

  /// Returns names for a message: at most ten of them.
  static String shown(Iterable<String> names) {
    var list = new ArrayList<String>();
    names.forEach(name -> list.add(shown(name)));
    return list.size() <= 10
        ? String.join(", ", list)
        : String.join(", ", list.subList(0, 10)) + " and " + (list.size() - 10) + " more";
  }
}
