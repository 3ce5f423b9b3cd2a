// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import dev.detent.ErrorCode;
import dev.detent.Problem;
import dev.detent.codec.Json;
import dev.detent.codec.Value;
import java.lang.reflect.Type;

/// Moves to a state and lays the input over what the instance holds: what every transition of a
/// JSON machine does.
///
/// @param target the state it leads to
record MergeAction(String target) implements Action {
  @Override
  public Type input() {
    return Json.class;
  }

  @Override
  public Outcome apply(Situation situation) {
    Value held = situation.value() == null ? Value.EMPTY : situation.value();
    Json input = situation.input();
    if (input.isNull()) {
      return new Outcome.Move(target, held, null);
    }
    if (!input.isObject()) {
      String got = Problems.shown(input.text());
      String what = "input: expected an object or nothing, got " + got;
      throw Problem.of(ErrorCode.INVALID_INPUT, what).with("path", "").exception();
    }
    Json merged = held.json().merge(input);
    return new Outcome.Move(target, Value.of(merged), null);
  }
}
