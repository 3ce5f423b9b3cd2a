// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Tells what a walk through a machine has found.
///
/// @param machine the machine's name
/// @param reached the states in which an instance was
/// @param walked the moves that were made
/// @param refused the commands that were refused, as they should be, and left no trace: each as the
///   edge from the state in which it was tried; its target is empty
/// @param unreached the states in which no instance was, with the reason
/// @param unwalked the declared moves that were not made, with the reason
/// @param problems what is wrong: something happened that the definition does not allow
public record WalkReport(
    String machine,
    Set<String> reached,
    Set<Edge> walked,
    Set<Edge> refused,
    Map<String, String> unreached,
    Map<Edge, String> unwalked,
    List<String> problems) {
  /// Names a move.
  ///
  /// @param from the state that is left, or null for one that creates an instance
  /// @param cause the command, or the name of the timeout
  /// @param to the state that is entered, or an empty text
  public record Edge(@Nullable String from, String cause, String to) {
    /// Returns it as `from --cause--> to`.
    @Override
    public String toString() {
      return (from == null ? "(nothing)" : from) + " --" + cause + "--> " + to;
    }
  }

  /// Returns the same without a declared move that was not made and never will be: where a method
  /// is declared to lead to more states than its code does.
  ///
  /// @param from the state that is left, or null
  /// @param cause the command, or the name of the timeout
  /// @param to the state that is not entered
  /// @throws IllegalArgumentException if the move was made, or is none
  public WalkReport except(@Nullable String from, String cause, String to) {
    var edge = new Edge(from, cause, to);
    if (!unwalked.containsKey(edge)) {
      String got = walked.contains(edge) ? "one that was" : "one that is not declared";
      throw new IllegalArgumentException(edge + ": expected a move that was not made, got " + got);
    }
    var fewer = new LinkedHashMap<>(unwalked);
    fewer.remove(edge);
    return new WalkReport(machine, reached, walked, refused, unreached, fewer, problems);
  }

  /// Returns this report if nothing is wrong.
  ///
  /// @throws AssertionError with all that is wrong
  public WalkReport requireSound() {
    if (!problems.isEmpty()) {
      throw new AssertionError(this);
    }
    return this;
  }

  /// Returns this report if nothing is wrong, every state was reached and every declared move made.
  ///
  /// @throws AssertionError with all that is wrong or was left out
  public WalkReport requireComplete() {
    if (!unreached.isEmpty() || !unwalked.isEmpty()) {
      throw new AssertionError(this);
    }
    return requireSound();
  }

  /// Returns the whole report for people, one line for each thing to look at.
  @Override
  public String toString() {
    String counts =
        "walk of machine %s: %d states reached, %d moves made, %d others refused"
            .formatted(machine, reached.size(), walked.size(), refused.size());
    return counts
        + lines("problem: ", problems)
        + lines("not reached: ", entries(unreached))
        + lines("not walked: ", entries(unwalked));
  }

  private static List<String> entries(Map<?, String> reasons) {
    return reasons.entrySet().stream().map(e -> e.getKey() + ": " + e.getValue()).toList();
  }

  private static String lines(String what, List<String> texts) {
    return texts.stream().map(text -> "\n  " + what + text).collect(Collectors.joining());
  }
}
