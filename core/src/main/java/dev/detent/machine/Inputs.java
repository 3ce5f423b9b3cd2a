// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import dev.detent.ErrorCode;
import dev.detent.Problem;
import dev.detent.codec.Codec;
import dev.detent.codec.Json;
import java.lang.reflect.Type;

/// Reads inputs of commands.
final class Inputs {
  private Inputs() {}

  /// Reads an input; none at all will do for a record that has no components.
  ///
  /// @throws dev.detent.RefusedException INVALID_INPUT if it does not fit
  static Object read(Json input, Type type, Codec codec) {
    boolean blank =
        type instanceof Class<?> c && c.isRecord() && c.getRecordComponents().length == 0;
    return codec.read(blank && input.isNull() ? Json.EMPTY : input, type);
  }

  /// Refuses an input where none is taken; `{}` counts as none.
  static void requireNone(Json input) {
    if (!input.isNull() && !input.equals(Json.EMPTY)) {
      String what = "input: expected none, got " + Problems.shown(input.text());
      throw Problem.of(ErrorCode.INVALID_INPUT, what).with("path", "").exception();
    }
  }
}
