// SPDX-License-Identifier: Apache-2.0
package dev.detent.event;

/// Does something about an event, at least once.
@FunctionalInterface
public interface EventHandler {
  /// Handles an event. After a crash it may come again: it has the same [Event#offset] then.
  ///
  /// @throws Exception to have it tried again
  void handle(Event event) throws Exception;
}
