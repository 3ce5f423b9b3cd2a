// SPDX-License-Identifier: Apache-2.0
package dev.detent.chaos;

import dev.detent.machine.Machine;
import dev.detent.server.MachineCatalog;
import java.util.List;

/// Brings the machines whose code is Java to the servers.
public final class ChaosMachines implements MachineCatalog {
  /// Makes the catalog; the server does so through its service loader.
  public ChaosMachines() {}

  @Override
  public String name() {
    return "chaos";
  }

  @Override
  public List<Machine> machines() {
    return List.of(Machine.of(new JobMachine()));
  }
}
