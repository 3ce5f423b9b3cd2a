// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.diagram;

import dev.detent.codec.DurationText;
import dev.detent.machine.Machine;
import dev.detent.machine.State;
import dev.detent.machine.Timeout;
import dev.detent.machine.Transition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// Holds what a diagram shows: states, and one edge for each pair of states with a move between.
///
/// @param states the states in the order of declaration
/// @param edges the edges in the order of declaration
record Graph(List<State> states, List<Edge> edges) {
  /// Joins two states, or the starting dot and a state.
  ///
  /// @param from the state it leaves, or null for the dot
  /// @param to the state it enters
  /// @param labels what causes it, one line for each; may be empty
  record Edge(@Nullable String from, String to, List<String> labels) {}

  private record Ends(@Nullable String from, String to) {}

  static Graph of(Machine machine) {
    var edges = new LinkedHashMap<Ends, List<String>>();
    addStart(machine, edges);
    for (Transition transition : machine.transitions()) {
      String command = transition.command();
      if (command != null) {
        transition.from().forEach(from -> add(edges, from, transition, command));
      }
    }
    for (String state : machine.states().keySet()) {
      for (Timeout timeout : machine.timeouts(state)) {
        add(edges, state, timeout.transition(), "after " + DurationText.format(timeout.after()));
      }
    }
    return new Graph(List.copyOf(machine.states().values()), edges(edges));
  }

  private static void addStart(Machine machine, SequencedMap<Ends, List<String>> edges) {
    for (Transition transition : machine.transitions()) {
      String command = transition.command();
      if (transition.from().isEmpty() && command != null) {
        add(edges, null, transition, command);
      }
    }
    if (edges.isEmpty() && !machine.open()) {
      edges.put(new Ends(null, machine.initial()), new ArrayList<>());
    }
  }

  private static void add(
      Map<Ends, List<String>> edges, @Nullable String from, Transition transition, String label) {
    for (String to : transition.to()) {
      List<String> labels = edges.computeIfAbsent(new Ends(from, to), ends -> new ArrayList<>());
      if (!labels.contains(label)) {
        labels.add(label);
      }
    }
  }

  private static List<Edge> edges(Map<Ends, List<String>> edges) {
    return edges.entrySet().stream()
        .map(e -> new Edge(e.getKey().from(), e.getKey().to(), List.copyOf(e.getValue())))
        .toList();
  }
}
