// SPDX-License-Identifier: Apache-2.0
package dev.detent.event;

import java.sql.Connection;

/// Writes something about an event to the store's own database, exactly once.
@FunctionalInterface
public interface TransactedHandler {
  /// Handles an event. What it writes with `tx` is committed together with the consumer's place, or
  /// not at all; so the method may run several times for one event, but only one time counts.
  ///
  /// @param tx the transaction's connection; it must not be committed, rolled back, closed or kept
  /// @throws Exception to roll back, and to have it tried again
  void handle(Event event, Connection tx) throws Exception;
}
