// SPDX-License-Identifier: Apache-2.0
package dev.detent.server;

import dev.detent.ErrorCode;
import dev.detent.Problem;
import dev.detent.machine.Machine;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/// Brings machines to a server, from a jar on its class path: list the implementing class in
/// `META-INF/services/dev.detent.server.MachineCatalog`.
public interface MachineCatalog {
  /// The name of the catalog that `--examples` serves; every other one is always served.
  String EXAMPLES = "examples";

  /// Returns all that are on the class path, made anew.
  ///
  /// @throws dev.detent.UnavailableException if one of them is listed, and can't be loaded
  static List<MachineCatalog> all() {
    try {
      return ServiceLoader.load(MachineCatalog.class).stream()
          .map(ServiceLoader.Provider::get)
          .toList();
    } catch (ServiceConfigurationError e) {
      throw Problem.of(
              ErrorCode.UNAVAILABLE,
              "machines: expected all that META-INF/services lists to load, got: " + e.getMessage())
          .exception();
    }
  }

  /// Returns the catalog's name, for messages.
  String name();

  /// Returns the machines, made anew.
  List<Machine> machines();

  /// Returns the machines that are rows of tables of the user's, so that the command line can print
  /// these. Defaults to those among [#machines].
  default List<Machine> mapped() {
    return machines().stream().filter(machine -> machine.table() != null).toList();
  }

  /// Tells whether the server makes the tables of its mapped machines where there are none.
  /// Defaults to false: a table is the application's to make.
  default boolean makesTables() {
    return false;
  }
}
