// SPDX-License-Identifier: Apache-2.0
package dev.detent.examples;

import dev.detent.machine.Machine;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
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
}
