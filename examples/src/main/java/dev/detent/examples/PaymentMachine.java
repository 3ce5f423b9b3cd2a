// SPDX-License-Identifier: Apache-2.0
package dev.detent.examples;

import dev.detent.examples.PaymentMachine.Payment.Completed;
import dev.detent.examples.PaymentMachine.Payment.Created;
import dev.detent.examples.PaymentMachine.Payment.Failed;
import dev.detent.examples.PaymentMachine.Payment.Pending;
import dev.detent.machine.Machine;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;

/// Shows a machine that is defined in code, by its states and the moves between them: a payment is
/// created, pending, then completed, or failed and perhaps pending again.
///
/// The command that enters a state has the state's name, and its input is the state's content.
public final class PaymentMachine {
  /// Is one of the four states.
  public sealed interface Payment {
    /// Is asked for.
    ///
    /// @param userId who pays
    /// @param type what kind of payment it is
    record Created(String userId, int type) implements Payment {}

    /// Is under way.
    record Pending() implements Payment {}

    /// Did not work; it may be tried again.
    ///
    /// @param error why
    record Failed(String error) implements Payment {}

    /// Is done.
    ///
    /// @param result what came of it
    record Completed(String result) implements Payment {}
  }

  private PaymentMachine() {}

  /// Defines the machine.
  public static Machine machine() {
    return Machine.define("payment", Payment.class)
        .initial(Created.class)
        .to(Pending.class)
        .state(Pending.class)
        .to(Completed.class, Failed.class)
        .state(Failed.class)
        .to(Pending.class)
        .build();
  }

  /// Runs it.
  ///
  /// @param arguments the folder for the store; without one, a new folder
  public static void main(String... arguments) throws IOException {
    run(Session.folder(arguments), System.out);
  }

  static void run(Path folder, PrintStream out) {
    try (var session = Session.open(machine(), "payment", folder, out)) {
      session.call("p-1", "Created", "{\"userId\":\"user123\",\"type\":1}");
      session.call("p-1", "Completed", "{\"result\":\"success!\"}");
      session.call("p-1", "Pending");
      session.call("p-1", "Failed", "{\"error\":\"no funds\"}");
      session.call("p-1", "Pending");
      session.call("p-1", "Completed", "{\"result\":\"success!\"}");
      session.history("p-1");
    }
  }
}
