// SPDX-License-Identifier: Apache-2.0
package dev.detent.examples;

import dev.detent.machine.Machine;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Objects;

/// Shows a machine that is defined in JSON: a coin unlocks a turnstile, a push or half a minute
/// locks it again.
public final class TurnstileMachine {
  private TurnstileMachine() {}

  /// Reads the definition, which is a resource beside this class.
  public static Machine machine() {
    try (InputStream in = TurnstileMachine.class.getResourceAsStream("turnstile.json")) {
      return Machine.parse("turnstile", Objects.requireNonNull(in).readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Runs it.
  ///
  /// @param arguments the folder for the store; without one, a new folder
  public static void main(String... arguments) throws IOException {
    run(Session.folder(arguments), System.out);
  }

  static void run(Path folder, PrintStream out) {
    try (var session = Session.open(machine(), "turnstile", folder, out)) {
      session.call("north", "push");
      session.call("north", "coin");
      session.call("north", "coin");
      session.call("north", "push");
      session.history("north");
    }
  }
}
