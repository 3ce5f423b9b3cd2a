// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

import dev.detent.machine.Machine;
import dev.detent.server.MachineCatalog;
import java.util.List;

/// Brings the machine with handlers to the servers that are measured.
public final class BenchMachines implements MachineCatalog {
  /// Makes the catalog; the server does so through its service loader.
  public BenchMachines() {}

  @Override
  public String name() {
    return "bench";
  }

  @Override
  public List<Machine> machines() {
    return List.of(Machine.of(new WorkMachine()));
  }
}
