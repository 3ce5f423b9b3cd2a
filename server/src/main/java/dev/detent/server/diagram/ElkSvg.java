// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.diagram;

import dev.detent.machine.Machine;
import dev.detent.server.door.Svg;

/// Draws machines as SVG with Eclipse ELK's layered layout.
///
/// **Guarantees**: well-formed XML for any definition; the same definition always gives the same
/// text; readable on light and on dark pages.
///
/// **Threads**: safe for any number of threads.
public final class ElkSvg implements Svg {
  /// Makes a drawer. Costs nothing: the layout library is loaded by the first drawing.
  public ElkSvg() {}

  @Override
  public String draw(Machine machine) {
    return new Document(machine, Layout.of(Graph.of(machine))).text();
  }
}
