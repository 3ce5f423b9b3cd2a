// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import org.jspecify.annotations.Nullable;

/// Holds the place of one command's answer among the others of its connection.
///
/// **Threads**: its event loop's.
final class Slot {
  /// About how many bytes the command has.
  final int bytes;

  /// The protocol in which it is answered.
  int protocol = 2;

  /// The answer, as soon as it is known.
  @Nullable Answer answer;

  Slot(int bytes) {
    this.bytes = bytes;
  }
}
