// SPDX-License-Identifier: Apache-2.0
package dev.detent.checks;

import java.util.Collection;
import java.util.stream.Collectors;

/// Names a place that breaks a rule, and the way out.
///
/// @param file the path below the root of the repository
/// @param line from 1
/// @param expected what the rule demands
/// @param found what is there instead
/// @param remedy what to do
public record Finding(String file, int line, String expected, String found, String remedy) {

  /// Returns one finding per line, after a line that says how many there are.
  public static String report(Collection<Finding> findings) {
    return findings.stream()
        .map(Finding::toString)
        .collect(Collectors.joining("\n", findings.size() + " finding(s):\n", "\n"));
  }

  /// Returns `FILE:LINE: expected E, got A; REMEDY`.
  @Override
  public String toString() {
    return file + ":" + line + ": expected " + expected + ", got " + found + "; " + remedy;
  }
}
