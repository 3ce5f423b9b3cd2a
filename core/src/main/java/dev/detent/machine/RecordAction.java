// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import dev.detent.codec.Codec;
import dev.detent.codec.Value;
import java.lang.reflect.Type;

/// Moves to the state whose record the input is: what every transition of a machine that was
/// defined in code does.
///
/// @param target the record of the state it leads to
/// @param codec decodes the input
record RecordAction(Class<?> target, Codec codec) implements Action {
  @Override
  public Type input() {
    return target;
  }

  @Override
  public Outcome apply(Situation situation) {
    Object state = Inputs.read(situation.input(), target, codec);
    return new Outcome.Move(target.getSimpleName(), Value.of(state, codec), null);
  }
}
