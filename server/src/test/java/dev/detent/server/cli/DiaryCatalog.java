// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.cli;

import dev.detent.machine.Machine;
import dev.detent.machine.TableDefinition;
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

  /// Is a line of a table.
  sealed interface Line {
    /// Is written.
    ///
    /// @param words what
    record Written(String words) implements Line {}
  }

  @Override
  public List<Machine> mapped() {
    return List.of(
        Machine.define("line", Line.class)
            .initial(Line.Written.class)
            .table(TableDefinition.of("lines"))
            .build());
  }
}
