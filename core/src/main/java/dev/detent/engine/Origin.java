// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.Key;
import dev.detent.codec.Json;
import dev.detent.store.InvocationRow;
import org.jspecify.annotations.Nullable;

/// Says where a transition came from, for its event.
///
/// @param command the command, or null for a timeout
/// @param input its input
/// @param cause `command`, `after` or `send`
record Origin(@Nullable String command, Json input, String cause) {
  /// Returns the origin of what an invocation does.
  static Origin of(InvocationRow row) {
    Json input = Json.trusted(row.input());
    return switch (row.kind()) {
      case AFTER -> new Origin(null, Json.NULL, AFTER);
      case "send" -> new Origin(row.command(), input, "send");
      default -> new Origin(row.command(), input, "command");
    };
  }

  /// Names the kind of an invocation that a timeout caused.
  static final String AFTER = "after";

  /// Makes the invocation of a timeout, to begin now.
  ///
  /// @param id its id
  static InvocationRow timeout(String id, Key key, String timeout, Into into) {
    return new InvocationRow(
        id,
        key,
        into.partition(),
        timeout,
        Json.NULL.text(),
        null,
        null,
        null,
        InvocationRow.Status.QUEUED,
        AFTER,
        0,
        into.at(),
        into.at(),
        null,
        InvocationRow.Run.NONE,
        null);
  }
}
