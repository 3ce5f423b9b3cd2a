// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.Key;
import dev.detent.codec.Json;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Asks something of one instance.
public sealed interface Request {
  /// Returns the instance.
  Key key();

  /// Runs a command and waits for its commit.
  ///
  /// @param key the instance
  /// @param command the command's name
  /// @param input its input; `null` in JSON for none
  /// @param idempotencyKey 1 to 255 bytes of UTF-8, or null
  /// @param precondition what must hold of the version
  record Call(
      Key key,
      String command,
      Json input,
      @Nullable String idempotencyKey,
      Precondition precondition)
      implements Request {}

  /// Accepts a command durably, to run it later.
  ///
  /// @param key the instance
  /// @param command the command's name
  /// @param input its input; `null` in JSON for none
  /// @param idempotencyKey 1 to 255 bytes of UTF-8, or null
  /// @param delay how much later, 0 to 3,650 days
  record Send(Key key, String command, Json input, @Nullable String idempotencyKey, Duration delay)
      implements Request {}

  /// Reads the committed instance.
  ///
  /// @param key the instance
  record Read(Key key) implements Request {}

  /// Asks a query of the committed instance.
  ///
  /// @param key the instance
  /// @param query the query's name
  record Ask(Key key, String query) implements Request {}
}
