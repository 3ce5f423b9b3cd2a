// SPDX-License-Identifier: Apache-2.0
package dev.detent.peer;

import dev.detent.codec.Json;

/// Holds a frame as it was read.
///
/// @param kind what it is for
/// @param number the request's number
/// @param deadlineMs how long the asking side still waits, in milliseconds; 0 unless it asks
/// @param body the value; `null` in JSON if there is none
record Frame(FrameKind kind, long number, long deadlineMs, Json body) {
  /// How many bytes stand before the value, aside from the length.
  static final int HEADER_BYTES = 1 + Long.BYTES + Long.BYTES;
}
