// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.ErrorCode;
import dev.detent.event.ConsumerObserver;
import dev.detent.store.InvocationRow;
import dev.detent.store.StoreException;

/// Hears what the engine does, to count it.
///
/// **Threads**: called by lanes, so it must return at once and never throw.
public interface Observer extends ConsumerObserver {
  /// Hears nothing.
  Observer NONE = new Observer() {};

  /// Says that a batch was committed.
  ///
  /// @param commands how many commands it answers
  /// @param events how many events it has
  /// @param nanos how long the commit took
  default void committed(int commands, int events, long nanos) {}

  /// Says that a transition was committed.
  ///
  /// @param machine the machine's name
  /// @param cause `command`, `after` or `send`
  default void transitioned(String machine, String cause) {}

  /// Says that a request was answered well.
  ///
  /// @param machine the machine's name
  /// @param nanos how long it took from submission to answer
  default void answered(String machine, long nanos) {}

  /// Says that a request, or a send when it ran, was refused or failed.
  ///
  /// @param machine the machine's name
  /// @param code why
  default void refused(String machine, ErrorCode code) {}

  /// Says that a timer fired.
  ///
  /// @param machine the machine's name
  /// @param lateMs how many milliseconds after its due time
  default void fired(String machine, long lateMs) {}

  /// Says that an invocation's standing changed: it was accepted or began, an attempt failed, it
  /// was paused, it ended.
  ///
  /// @param machine the machine's name
  /// @param status where it is now
  /// @param attempt how many attempts in a row have failed
  default void stands(String machine, InvocationRow.Status status, int attempt) {}

  /// Says that a request was handed to another node, which owns its partition.
  default void forwarded() {}

  /// Says which partitions this node owns now.
  ///
  /// @param partitions how many
  /// @param taken how many it has just taken over
  default void owns(int partitions, int taken) {}

  /// Says that the store failed.
  ///
  /// @param kind what is certain
  default void storeFailed(StoreException.Kind kind) {}
}
