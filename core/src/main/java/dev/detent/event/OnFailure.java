// SPDX-License-Identifier: Apache-2.0
package dev.detent.event;

/// Says what becomes of an event that has failed as often as it may.
public enum OnFailure {
  /// The consumer stops in front of it, in this partition, until somebody resumes it. The log, the
  /// metrics and `/api/consumers` say so.
  STOP,
  /// The event is kept as a dead letter, from which it can be tried again, and the consumer goes
  /// on. Later events of the same instance then come before it.
  SKIP
}
