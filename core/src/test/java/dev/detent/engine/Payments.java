// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.machine.Machine;

/// Is a machine that is defined in code.
final class Payments {
  sealed interface Payment {
    record Created(String userId, int type) implements Payment {}

    record Pending() implements Payment {}
  }

  private Payments() {}

  static Machine machine() {
    return Machine.define("payment", Payment.class)
        .initial(Payment.Created.class)
        .to(Payment.Pending.class)
        .build();
  }
}
