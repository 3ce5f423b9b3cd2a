// SPDX-License-Identifier: Apache-2.0
package dev.detent.server;

import dev.detent.DetentException;
import dev.detent.ErrorCode;
import dev.detent.Problem;
import dev.detent.machine.DocumentMachine;
import dev.detent.machine.Machine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Collects the machines that a server is told to serve: from catalogs and from files.
final class Machines {
  private final Config config;
  private final Map<String, Machine> machines = new LinkedHashMap<>();
  private final Map<String, String> origins = new LinkedHashMap<>();
  private final List<Machine> wanting = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  Machines(Config config) {
    this.config = config;
  }

  /// Returns all of them.
  ///
  /// @throws DetentException INVALID_DEFINITION with all `problems`
  List<Machine> all() {
    add(DocumentMachine.machine(), "the server itself");
    boolean examples = false;
    for (MachineCatalog catalog : MachineCatalog.all()) {
      boolean isExamples = catalog.name().equals(MachineCatalog.EXAMPLES);
      examples |= isExamples;
      if (!isExamples || config.examples()) {
        add(catalog);
      }
    }
    if (config.examples() && !examples) {
      problems.add("examples: expected the example machines on the class path, got none");
    }
    config.define().forEach(this::read);
    if (problems.isEmpty()) {
      return List.copyOf(machines.values());
    }
    throw Problem.of(ErrorCode.INVALID_DEFINITION, String.join("\n", problems))
        .with("problems", List.copyOf(problems))
        .exception();
  }

  /// Returns those whose tables are to be made where there are none; after [#all].
  List<Machine> wantingTables() {
    return List.copyOf(wanting);
  }

  private void add(MachineCatalog catalog) {
    for (Machine machine : catalog.machines()) {
      add(machine, "the catalog " + catalog.name());
      if (catalog.makesTables() && machine.table() != null) {
        wanting.add(machine);
      }
    }
  }

  private void read(Path file) {
    try {
      add(DefinitionFile.read(file, config.definitionBytesMax()), file.toString());
    } catch (DetentException e) {
      problems.add(e.problem().detail());
    }
  }

  private void add(Machine machine, String origin) {
    String earlier = origins.putIfAbsent(machine.name(), origin);
    if (earlier != null) {
      problems.add(
          "machine %s: expected one definition, got one in %s and one in %s; rename one"
              .formatted(machine.name(), earlier, origin));
    }
    machines.putIfAbsent(machine.name(), machine);
  }
}
