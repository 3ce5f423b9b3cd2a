// SPDX-License-Identifier: Apache-2.0
package dev.detent.peer;

import dev.detent.codec.Json;
import java.time.Duration;
import java.util.function.Consumer;

/// Answers the requests of other nodes.
///
/// **Threads**: called by one thread per connection, which reads nothing else meanwhile: it has to
/// return at once, and to answer from elsewhere if the answer takes time.
@FunctionalInterface
public interface PeerHandler {
  /// Takes a request.
  ///
  /// **Errors**: an exception is logged, and the asking node is told that the outcome is unknown.
  ///
  /// @param request what is asked
  /// @param deadline how long the asking node still waits, to the millisecond
  /// @param reply takes the answer, once, on any thread, and never blocks; what comes later than
  ///   the deadline, or after the connection was lost, is dropped
  void handle(Json request, Duration deadline, Consumer<Json> reply);

  /// Returns who answers what comes over a new connection: this one, unless it remembers something
  /// of each.
  default PeerHandler connected() {
    return this;
  }
}
