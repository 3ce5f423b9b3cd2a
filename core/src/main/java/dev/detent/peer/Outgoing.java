// SPDX-License-Identifier: Apache-2.0
package dev.detent.peer;

/// Waits in an [Outbox] to be written.
interface Outgoing {
  /// Returns about how many bytes of memory it takes.
  int bytes();

  /// Adds its frame, or nothing if it is too late for it.
  void write(FrameBuffer out);
}
