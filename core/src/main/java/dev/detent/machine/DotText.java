// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

/// Writes a graph in DOT. States are boxes, final ones with a double border; the start is a dot.
final class DotText {
  private final Machine machine;
  private final String start;

  DotText(Machine machine) {
    this.machine = machine;
    String free = "[*]";
    while (machine.states().containsKey(free)) {
      free = "[" + free + "]";
    }
    this.start = free;
  }

  String write() {
    var out = new StringBuilder("digraph ").append(quoted(machine.name())).append(" {\n");
    out.append("  rankdir=LR;\n");
    out.append("  node [shape=box, style=rounded];\n");
    out.append("  ").append(quoted(start)).append(" [shape=point, label=\"\"];\n");
    for (State state : machine.states().values()) {
      String name = quoted(state.name());
      out.append("  ").append(name).append(" [label=").append(name);
      out.append(state.isFinal() ? ", peripheries=2];\n" : "];\n");
    }
    for (Arrow arrow : Arrow.of(machine)) {
      String from = arrow.from() == null ? start : arrow.from();
      out.append("  ").append(quoted(from)).append(" -> ").append(quoted(arrow.to()));
      if (!arrow.label().isEmpty()) {
        out.append(" [label=").append(quoted(arrow.label())).append(']');
      }
      out.append(";\n");
    }
    return out.append("}\n").toString();
  }

  /// Quotes text so that it is the same as a node's name and, drawn, as its label: there,
  /// backslashes begin escapes and `&` begins an HTML entity.
  private static String quoted(String text) {
    String escaped = text.replace("\\", "\\\\").replace("\"", "\\\"").replace("&", "&amp;");
    return '"' + escaped + '"';
  }
}
