// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.diagram;

import dev.detent.ErrorCode;
import dev.detent.Problem;
import dev.detent.machine.Machine;
import dev.detent.server.door.Svg;

/// Draws machines as SVG with Eclipse ELK's layered layout.
///
/// **Guarantees**: well-formed XML for any definition; the same definition always gives the same
/// text; readable on light and on dark pages.
///
/// **Threads**: safe for any number of threads.
///
/// **Limits**: 1,000 arrows, which take some seconds; nobody can read more.
///
/// **Errors**: INVALID_INPUT for a machine with more.
public final class ElkSvg implements Svg {
  private static final int EDGES_MAX = 1_000;

  /// Makes a drawer. Costs nothing: the layout library is loaded by the first drawing.
  public ElkSvg() {}

  @Override
  public String draw(Machine machine) {
    Graph graph = Graph.of(machine);
    if (graph.edges().size() > EDGES_MAX) {
      throw Problem.of(
              ErrorCode.INVALID_INPUT,
              "svg: expected at most "
                  + EDGES_MAX
                  + " arrows to draw, got "
                  + graph.edges().size()
                  + "; ask for dot or mermaid")
          .exception();
    }
    return new Document(machine, Layout.of(graph)).text();
  }
}
