// SPDX-License-Identifier: Apache-2.0
package dev.detent.event;

/// Hears what consumers do, to count it.
///
/// **Threads**: called by consumers, so it must return at once and never throw.
public interface ConsumerObserver {
  /// Hears nothing.
  ConsumerObserver NOBODY = new ConsumerObserver() {};

  /// Says that events were handled, for good.
  ///
  /// @param consumer the consumer's name
  /// @param events how many
  default void handled(String consumer, int events) {}

  /// Says that an attempt to handle an event failed.
  ///
  /// @param consumer the consumer's name
  default void failed(String consumer) {}

  /// Says that an event became a dead letter.
  ///
  /// @param consumer the consumer's name
  default void buried(String consumer) {}

  /// Says that a consumer stopped in front of an event.
  ///
  /// @param consumer the consumer's name
  default void halted(String consumer) {}
}
