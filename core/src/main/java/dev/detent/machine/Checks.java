// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import dev.detent.Names;
import dev.detent.annotation.StateMachine;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
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
    new TimeoutCycles(draft).report();
  }

  private void names() {
    machineName();
    draft.states().values().forEach(this::stateName);
    var commands = new LinkedHashMap<String, Place>();
    for (Transition transition : draft.transitions()) {
      commands.putIfAbsent(String.valueOf(transition.command()), draft.place(transition));
    }
    draft.refused().forEach(command -> commands.putIfAbsent(command, Place.WHOLE));
    commands.forEach((command, place) -> commandName("command", command, place));
    for (Query query : draft.queries().values()) {
      Place place = draft.place(query);
      commandName("query", query.name(), place);
      if (commands.containsKey(query.name())) {
        String what = ": expected another name than a command's; rename one";
        problems.add("query " + query.name() + what, place);
      }
    }
  }

  private void stateName(State state) {
    if (!Names.isStateName(state.name())) {
      String got = "got '" + printable(state.name()) + "'; rename it";
      problems.add(
          "state name: expected 1 to 64 bytes of UTF-8 without control characters, " + got,
          draft.place(state));
    }
  }

  private void machineName() {
    var place = new Place.InClassMark(StateMachine.class, "value");
    if (!Names.isName(draft.name())) {
      problems.add(
          "machine name: expected [A-Za-z][A-Za-z0-9_.-]{0,63}, got '"
              + printable(draft.name())
              + "'; rename it",
          place);
    } else if (Names.RESERVED_MACHINES.contains(draft.name())) {
      String what = "machine name: expected one that is not reserved, got '" + draft.name() + "'";
      problems.add(what, place);
    }
  }

  private void commandName(String what, String name, Place place) {
    if (!Names.isName(name)) {
      problems.add(
          what
              + " name: expected [A-Za-z][A-Za-z0-9_.-]{0,63}, got '"
              + printable(name)
              + "'; rename it",
          place);
    } else if (Names.RESERVED_COMMANDS.contains(name)) {
      problems.add(what + " name: expected one that is not reserved, got '" + name + "'", place);
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
        problems.add(label(transition) + ": " + unknown(state), draft.place(transition));
      }
    }
    for (String state : transition.to()) {
      if (!draft.states().containsKey(state)) {
        problems.add(label(transition) + ": " + unknown(state), draft.place(transition));
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
                  + ", got two; make the states that they start from disjoint",
              draft.place(transition));
        }
      }
    }
  }

  private void finals() {
    for (Transition transition : draft.transitions()) {
      transition.from().forEach(state -> leaving(state, transition));
    }
    draft.timeouts().forEach(timeout -> leaving(timeout.state(), timeout.transition()));
  }

  private void leaving(String name, Transition transition) {
    State state = draft.states().get(name);
    if (state != null && state.isFinal()) {
      problems.add(
          "state "
              + name
              + ": expected nothing to lead out of a final state, got transitions; drop them or"
              + " do not mark it final",
          draft.place(transition));
    }
  }

  private void timeouts() {
    var durations = new HashMap<List<Object>, Timeout>();
    var names = new HashSet<List<String>>();
    for (Timeout timeout : draft.timeouts()) {
      String where = "state " + timeout.state() + ", after " + timeout.name();
      Place place = draft.place(timeout.transition());
      if (timeout.after().isNegative()) {
        String what = ": expected a duration of 0 or more, got " + timeout.after();
        problems.add(where + what, place);
      }
      boolean same = durations.put(List.of(timeout.state(), timeout.after()), timeout) != null;
      if (same || !names.add(List.of(timeout.state(), timeout.name()))) {
        String what = ": expected timeouts of different lengths, got two of the same";
        problems.add(where + what, place);
      }
    }
  }

  /// Returns what is doubtful.
  List<Reading.Finding> warnings() {
    Map<String, Set<String>> ways = ways();
    Set<String> reached = reached(ways);
    var warnings = new Problems();
    for (State state : draft.states().values()) {
      if (!reached.contains(state.name())) {
        warnings.add("state " + state.name() + ": no transition leads to it", draft.place(state));
      }
    }
    for (State state : draft.states().values()) {
      Set<String> out = ways.getOrDefault(state.name(), Set.of());
      boolean stuck = out.isEmpty() || out.equals(Set.of(state.name()));
      if (stuck && !state.isFinal()) {
        warnings.add(
            "state " + state.name() + ": nothing leads out of it; mark it final if that is meant",
            draft.place(state));
      }
    }
    return warnings.findings();
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
