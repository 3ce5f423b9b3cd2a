// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.cli;

import dev.detent.ErrorCode;
import dev.detent.Problem;
import dev.detent.machine.Diagram;
import dev.detent.machine.Machine;
import dev.detent.server.DefinitionFile;
import dev.detent.server.diagram.ElkSvg;
import dev.detent.sql.SqlStore;
import java.nio.file.Path;
import java.util.List;

/// Runs the commands that print something and end.
final class Printing {
  static final List<String> DIALECTS = SqlStore.dialects();
  static final List<String> FORMATS = List.of("mermaid", "dot", "svg");

  private static final long DEFINITION_BYTES_MAX = 4 << 20;

  private final Console console;

  Printing(Console console) {
    this.console = console;
  }

  int schema(String dialect) {
    requireOneOf("dialect", dialect, DIALECTS);
    console.out().println(SqlStore.ddl(dialect).strip());
    return Console.OK;
  }

  int diagram(String file, String format) {
    requireOneOf("format", format, FORMATS);
    Machine machine = DefinitionFile.read(Path.of(file), DEFINITION_BYTES_MAX);
    String text =
        switch (format) {
          case "dot" -> Diagram.dot(machine);
          case "svg" -> new ElkSvg().draw(machine);
          default -> Diagram.mermaid(machine);
        };
    console.out().println(text.strip());
    return Console.OK;
  }

  private static void requireOneOf(String what, String text, List<String> known) {
    if (!known.contains(text)) {
      String expected = "expected one of " + String.join(", ", known);
      throw Problem.of(ErrorCode.BAD_REQUEST, what + ": " + expected + ", got '" + text + "'")
          .exception();
    }
  }
}
