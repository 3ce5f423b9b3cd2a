// SPDX-License-Identifier: Apache-2.0
package dev.detent.server;

import dev.detent.machine.Machine;
import java.util.List;

/// Brings machines to a server, from a jar on its class path: list the implementing class in
/// `META-INF/services/dev.detent.server.MachineCatalog`.
public interface MachineCatalog {
  /// The name of the catalog that `--examples` serves; every other one is always served.
  String EXAMPLES = "examples";

  /// Returns the catalog's name, for messages.
  String name();

  /// Returns the machines, made anew.
  List<Machine> machines();

  /// Returns the machines that are rows of tables of the user's, so that the command line can print
  /// these. Defaults to those among [#machines].
  default List<Machine> mapped() {
    return machines().stream().filter(machine -> machine.table() != null).toList();
  }
}
