// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

/// Draws machines as text that other tools lay out.
///
/// Any name of a state is drawn as it is: what has a meaning in the language of the tool is
/// escaped.
public final class Diagram {
  private Diagram() {}

  /// Returns a Mermaid state diagram (`stateDiagram-v2`).
  public static String mermaid(Machine machine) {
    return new MermaidText(machine).write();
  }

  /// Returns tables in Markdown: the states, the transitions and the queries.
  public static String markdown(Machine machine) {
    return new MarkdownText(machine).write();
  }

  /// Returns a directed graph in Graphviz's DOT language.
  public static String dot(Machine machine) {
    return new DotText(machine).write();
  }
}
