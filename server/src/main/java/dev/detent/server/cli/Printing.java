// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.cli;

import dev.detent.ErrorCode;
import dev.detent.Problem;
import dev.detent.machine.Diagram;
import dev.detent.machine.Machine;
import dev.detent.server.DefinitionFile;
import dev.detent.server.MachineCatalog;
import dev.detent.server.diagram.ElkSvg;
import dev.detent.sql.SqlStore;
import dev.detent.store.MappedTable;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;

/// Runs the commands that print something and end.
final class Printing {
  static final List<String> DIALECTS = SqlStore.dialects();
  static final List<String> FORMATS = List.of("mermaid", "dot", "svg");

  private static final long DEFINITION_BYTES_MAX = 4 << 20;

  private final Console console;

  Printing(Console console) {
    this.console = console;
  }

  /// Prints the tables of a dialect.
  ///
  /// @param machine the mapped machine whose table is wanted, or an empty text for Detent's own
  int schema(String dialect, String machine) {
    requireOneOf("dialect", dialect, DIALECTS);
    String script =
        machine.isEmpty() ? SqlStore.ddl(dialect) : SqlStore.ddl(dialect, table(machine));
    console.out().println(script.strip());
    return Console.OK;
  }

  private static MappedTable table(String machine) {
    var tables = new TreeMap<String, MappedTable>();
    for (MachineCatalog catalog : MachineCatalog.all()) {
      for (Machine mapped : catalog.mapped()) {
        tables.put(mapped.name(), Objects.requireNonNull(mapped.table(), mapped.name()));
      }
    }
    requireOneOf("machine", machine, List.copyOf(tables.keySet()));
    return Objects.requireNonNull(tables.get(machine), machine);
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
