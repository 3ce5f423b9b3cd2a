// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.Key;
import dev.detent.codec.Json;
import dev.detent.store.InvocationRow;

/// Holds a command as the kernel sees it.
///
/// @param key the instance
/// @param name the command's name
/// @param input its input; `null` in JSON for none
/// @param precondition what must hold of the version
record Wish(Key key, String name, Json input, Precondition precondition) {
  Wish(Key key, String name, Json input) {
    this(key, name, input, Precondition.NONE);
  }

  /// Reads what an invocation wishes.
  static Wish of(InvocationRow row) {
    Json input = Json.trusted(row.input());
    return new Wish(row.key(), row.command(), input, Expectation.precondition(row.precondition()));
  }
}
