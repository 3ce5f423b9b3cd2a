// SPDX-License-Identifier: Apache-2.0
package dev.detent.peer;

/// Waits for an answer until a deadline.
interface Pending {
  /// Returns its number, different from those of all others on its connection.
  long number();

  /// Returns until when it waits, as [Ticker#nanos] counts.
  long deadlineAt();

  /// Returns about how many bytes of memory it takes.
  int bytes();
}
