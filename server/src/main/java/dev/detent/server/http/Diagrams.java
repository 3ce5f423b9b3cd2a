// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import dev.detent.machine.Diagram;
import dev.detent.machine.Machine;
import dev.detent.server.door.Svg;
import org.jspecify.annotations.Nullable;

/// Draws machines in the formats that the API knows.
final class Diagrams {
  private Diagrams() {}

  /// Draws a machine.
  ///
  /// @param format `mermaid` (also for null), `dot` or `svg`
  static Document draw(Svg svg, Machine machine, @Nullable String format) {
    return switch (format == null ? "mermaid" : format) {
      case "mermaid" -> new Document(200, Wire.TEXT, Diagram.mermaid(machine));
      case "dot" -> new Document(200, Wire.TEXT, Diagram.dot(machine));
      case "svg" -> new Document(200, Wire.SVG, svg.draw(machine));
      default -> throw Refusals.bad("format: expected mermaid, dot or svg, got '" + format + "'");
    };
  }
}
