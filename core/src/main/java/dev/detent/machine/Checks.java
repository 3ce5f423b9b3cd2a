// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import dev.detent.Names;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Checks what must hold of every definition, however it was written.
final class Checks {
  static final int STATES_MAX = 1_000;
  static final int TRANSITIONS_MAX = 10_000;

  private final Draft draft;
  private final Problems problems;

  Checks(Draft draft) {
    this.draft = draft;
    this.problems = draft.problems();
  }

  /// Reports everything that is wrong.
  void rules() {
    names();
    sizes();
    initial();
    draft.transitions().forEach(this::known);
    draft.timeouts().stream().map(Timeout::transition).forEach(this::known);
    ambiguities();
    finals();
    timeouts();
    new TimeoutCycles(draft).shortest().ifPresent(problems::add);
  }

  private void names() {
    machineName();
    for (String state : draft.states().keySet()) {
      if (!Names.isStateName(state)) {
        String got = "got '" + printable(state) + "'; rename it";
        problems.add(
            "state name: expected 1 to 64 bytes of UTF-8 without control characters, " + got);
      }
    }
    var commands = new LinkedHashSet<String>();
    draft.transitions().forEach(transition -> commands.add(String.valueOf(transition.command())));
    commands.addAll(draft.refused());
    commands.forEach(command -> commandName("command", command));
    for (String query : draft.queries().keySet()) {
      commandName("query", query);
      if (commands.contains(query)) {
        problems.add("query " + query + ": expected another name than a command's; rename one");
      }
    }
  }

  private void machineName() {
    if (!Names.isName(draft.name())) {
      problems.add(
          "machine name: expected [A-Za-z][A-Za-z0-9_.-]{0,63}, got '"
              + printable(draft.name())
              + "'; rename it");
    } else if (Names.RESERVED_MACHINES.contains(draft.name())) {
      problems.add("machine name: expected one that is not reserved, got '" + draft.name() + "'");
    }
  }

  private void commandName(String what, String name) {
    if (!Names.isName(name)) {
      problems.add(
          what
              + " name: expected [A-Za-z][A-Za-z0-9_.-]{0,63}, got '"
              + printable(name)
              + "'; rename it");
    } else if (Names.RESERVED_COMMANDS.contains(name)) {
      problems.add(what + " name: expected one that is not reserved, got '" + name + "'");
    }
  }

  private void sizes() {
    if (draft.states().isEmpty()) {
      problems.add("states: expected at least one, got none");
    } else if (draft.states().size() > STATES_MAX) {
      problems.add("states: expected at most " + STATES_MAX + ", got " + draft.states().size());
    }
    int edges = draft.timeouts().size();
    for (Transition transition : draft.transitions()) {
      edges += Math.max(1, transition.from().size());
    }
    if (edges > TRANSITIONS_MAX) {
      problems.add("transitions: expected at most " + TRANSITIONS_MAX + ", got " + edges);
    }
  }

  private void initial() {
    String initial = draft.initial();
    if (initial == null) {
      problems.add("initial state: expected exactly one, got none");
    } else if (!draft.states().containsKey(initial)) {
      problems.add("initial state: " + unknown(initial));
    }
  }

  private void known(Transition transition) {
    for (String state : transition.from()) {
      if (!draft.states().containsKey(state)) {
        problems.add(label(transition) + ": " + unknown(state));
      }
    }
    for (String state : transition.to()) {
      if (!draft.states().containsKey(state)) {
        problems.add(label(transition) + ": " + unknown(state));
      }
    }
  }

  private String unknown(String state) {
    String known = Problems.shown(draft.states().keySet());
    return "expected a declared state, got '" + printable(state) + "'; declared: " + known;
  }

  private static String label(Transition transition) {
    String command = transition.command();
    return command == null ? "timeout" : "command " + Problems.shown(command);
  }

  private void ambiguities() {
    var taken = new HashSet<List<String>>();
    for (Transition transition : draft.transitions()) {
      String command = String.valueOf(transition.command());
      var from = transition.from().isEmpty() ? Set.of("") : transition.from();
      for (String state : from) {
        if (!taken.add(List.of(command, state))) {
          String where = state.isEmpty() ? "for a new instance" : "from state " + state;
          problems.add(
              "command "
                  + Problems.shown(command)
                  + ": expected one transition "
                  + where
                  + ", got two; make the states that they start from disjoint");
        }
      }
    }
  }

  private void finals() {
    var left = new LinkedHashSet<String>();
    draft.transitions().forEach(transition -> left.addAll(transition.from()));
    draft.timeouts().forEach(timeout -> left.add(timeout.state()));
    for (String name : left) {
      State state = draft.states().get(name);
      if (state != null && state.isFinal()) {
        problems.add(
            "state "
                + name
                + ": expected nothing to lead out of a final state, got transitions; drop them or"
                + " do not mark it final");
      }
    }
  }

  private void timeouts() {
    var durations = new HashMap<List<Object>, Timeout>();
    var names = new HashSet<List<String>>();
    for (Timeout timeout : draft.timeouts()) {
      String where = "state " + timeout.state() + ", after " + timeout.name();
      if (timeout.after().isNegative()) {
        problems.add(where + ": expected a duration of 0 or more, got " + timeout.after());
      }
      boolean same = durations.put(List.of(timeout.state(), timeout.after()), timeout) != null;
      if (same || !names.add(List.of(timeout.state(), timeout.name()))) {
        problems.add(where + ": expected timeouts of different lengths, got two of the same");
      }
    }
  }

  /// Returns what is doubtful.
  List<String> warnings() {
    Map<String, Set<String>> ways = ways();
    Set<String> reached = reached(ways);
    var warnings = new ArrayList<String>();
    for (State state : draft.states().values()) {
      if (!reached.contains(state.name())) {
        warnings.add("state " + state.name() + ": no transition leads to it");
      }
    }
    for (State state : draft.states().values()) {
      Set<String> out = ways.getOrDefault(state.name(), Set.of());
      boolean stuck = out.isEmpty() || out.equals(Set.of(state.name()));
      if (stuck && !state.isFinal()) {
        warnings.add(
            "state " + state.name() + ": nothing leads out of it; mark it final if that is meant");
      }
    }
    return warnings;
  }

  private Map<String, Set<String>> ways() {
    var ways = new HashMap<String, Set<String>>();
    for (Transition transition : draft.transitions()) {
      for (String from : transition.from()) {
        ways.computeIfAbsent(from, state -> new LinkedHashSet<>()).addAll(transition.to());
      }
    }
    for (Timeout timeout : draft.timeouts()) {
      ways.computeIfAbsent(timeout.state(), state -> new LinkedHashSet<>())
          .addAll(timeout.transition().to());
    }
    return ways;
  }

  private Set<String> reached(Map<String, Set<String>> ways) {
    var reached = new HashSet<String>();
    var next = new ArrayDeque<String>();
    next.add(String.valueOf(draft.initial()));
    draft.transitions().stream()
        .filter(transition -> transition.from().isEmpty())
        .forEach(transition -> next.addAll(transition.to()));
    while (!next.isEmpty()) {
      String state = next.remove();
      if (reached.add(state)) {
        next.addAll(ways.getOrDefault(state, Set.of()));
      }
    }
    return reached;
  }

  /// Returns text for a message: shortened, control characters and the like replaced.
  private static String printable(String text) {
    return Problems.shown(text).replaceAll("[\\p{Cntrl}\\p{Cs}]", "\ufffd");
  }
}
