// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import dev.detent.codec.Json;
import dev.detent.codec.Value;

/// Stands for a method that cannot be called yet, since its class is being compiled. Nothing but
/// the graph is asked of a machine with such calls.
record UnbuiltCall(Signature signature) implements Call {
  @Override
  public Outcome apply(Situation situation) {
    throw unbuilt();
  }

  @Override
  public Json answer(Situation situation) {
    throw unbuilt();
  }

  @Override
  public Value initial() {
    return Value.EMPTY;
  }

  private IllegalStateException unbuilt() {
    String got = ", got one that is being compiled";
    return new IllegalStateException(
        signature.label() + ": expected a method of a loaded class" + got);
  }
}
