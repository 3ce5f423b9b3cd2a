// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// Writes a Mermaid state diagram.
///
/// A name that is a plain word stands for itself. All others get an alias, and in the label
/// everything but letters, digits, spaces and `_ - .` is a numeric character code, `#NN;`.
final class MermaidText {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z][A-Za-z0-9_]*");

  /// The words that mean something in Mermaid's grammar, in lower case.
  private static final Set<String> WORDS =
      Set.of(
          "as",
          "accdescr",
          "acctitle",
          "choice",
          "class",
          "classdef",
          "click",
          "default",
          "direction",
          "divider",
          "end",
          "fork",
          "graph",
          "hide",
          "href",
          "join",
          "left",
          "note",
          "of",
          "over",
          "right",
          "root",
          "scale",
          "state",
          "statediagram",
          "style",
          "title");

  private final Machine machine;
  private final Map<String, String> names = new HashMap<>();

  MermaidText(Machine machine) {
    this.machine = machine;
    for (String state : machine.states().keySet()) {
      boolean word = WORDS.contains(state.toLowerCase(Locale.ROOT));
      names.put(state, !word && PLAIN.matcher(state).matches() ? state : alias());
    }
  }

  private String alias() {
    int number = names.size() + 1;
    String alias = "s" + number;
    while (machine.states().containsKey(alias)) {
      alias = alias + "_";
    }
    return alias;
  }

  String write() {
    var out = new StringBuilder("stateDiagram-v2\n");
    machine.states().keySet().forEach(state -> declare(out, state));
    for (Arrow arrow : Arrow.of(machine)) {
      String from = arrow.from() == null ? "[*]" : names.get(arrow.from());
      out.append("  ").append(from).append(" --> ").append(names.get(arrow.to()));
      out.append(arrow.label().isEmpty() ? "" : " : " + arrow.label()).append('\n');
    }
    for (State state : machine.states().values()) {
      if (state.isFinal()) {
        out.append("  ").append(names.get(state.name())).append(" --> [*]\n");
      }
    }
    return out.toString();
  }

  private void declare(StringBuilder out, String state) {
    String name = names.getOrDefault(state, state);
    if (name.equals(state)) {
      out.append("  ").append(state).append('\n');
    } else {
      out.append("  state \"").append(escaped(state)).append("\" as ").append(name).append('\n');
    }
  }

  private static String escaped(String text) {
    var out = new StringBuilder();
    text.codePoints()
        .forEach(c -> {
          if (Character.isLetterOrDigit(c) || " _-.".indexOf(c) >= 0) {
            out.appendCodePoint(c);
          } else {
            out.append('#').append(c).append(';');
          }
        });
    return out.toString();
  }
}
