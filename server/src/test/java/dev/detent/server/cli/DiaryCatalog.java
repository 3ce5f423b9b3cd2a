// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.cli;

import dev.detent.machine.Machine;
import dev.detent.server.MachineCatalog;
import java.util.List;

/// Brings a machine whose handlers leave traces to the servers of tests.
public final class DiaryCatalog implements MachineCatalog {
  /// Makes the catalog.
  public DiaryCatalog() {}

  @Override
  public String name() {
    return "diary";
  }

  @Override
  public List<Machine> machines() {
    return List.of(Machine.of(new Diary()));
  }
}
