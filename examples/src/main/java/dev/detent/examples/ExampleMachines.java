// SPDX-License-Identifier: Apache-2.0
package dev.detent.examples;

import dev.detent.machine.Machine;
import dev.detent.server.MachineCatalog;
import java.util.List;

/// Brings the example machines to a server.
public final class ExampleMachines implements MachineCatalog {
  /// Makes the catalog; the server does so through its service loader.
  public ExampleMachines() {}

  @Override
  public String name() {
    return EXAMPLES;
  }

  @Override
  public List<Machine> machines() {
    return List.of(
        TurnstileMachine.machine(),
        Machine.of(new LifeMachine()),
        PaymentMachine.machine(),
        Machine.of(new ResourceMachine()),
        Machine.of(new PaymentProcessorMachine()),
        Machine.of(new OrderMachine()));
  }

  /// Returns those that are mapped. Only one of them is served: `payments`, the table of the other,
  /// is the application's to make.
  @Override
  public List<Machine> mapped() {
    return List.of(Machine.of(new OrderMachine()), Machine.of(new OwnTableMachine()));
  }

  /// Tells that `example_orders` is made where it is missing, so that everything can be tried.
  @Override
  public boolean makesTables() {
    return true;
  }
}
