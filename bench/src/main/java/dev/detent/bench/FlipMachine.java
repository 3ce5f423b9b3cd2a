// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

import dev.detent.codec.Json;

/// Is the machine that is measured: two states, and a command that goes from each to the other.
final class FlipMachine {
  static final String NAME = "bench";
  static final String COMMAND = "flip";

  private FlipMachine() {}

  static Json definition() {
    return Json.parse(
        """
        {"id": "bench", "initial": "a",
         "states": {"a": {"on": {"flip": "b"}}, "b": {"on": {"flip": "a"}}}}\
        """);
  }
}
