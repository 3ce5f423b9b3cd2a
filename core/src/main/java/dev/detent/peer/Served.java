// SPDX-License-Identifier: Apache-2.0
package dev.detent.peer;

import dev.detent.codec.Json;
import java.util.function.Consumer;

/// Takes the answer to a request of another node.
///
/// @param guest where to send it
/// @param number the request's number
/// @param deadlineAt until when the other node waits, as [Ticker#nanos] counts
/// @param bytes about how much memory the request takes
record Served(Guest guest, long number, long deadlineAt, int bytes)
    implements Pending, Consumer<Json> {
  @Override
  public void accept(Json reply) {
    guest.answer(this, reply);
  }

  /// Is the same only as itself: numbers come from the other side.
  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(number);
  }
}
