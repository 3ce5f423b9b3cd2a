// SPDX-License-Identifier: Apache-2.0
package dev.detent.chaos;

import java.io.IOException;

/// Is something that a server must survive without a restart: it says what is wrong while it lasts,
/// and is well again soon after.
///
/// @param name names it
/// @param told what the server's health must tell while it lasts, or an empty text if it may be
///   well
/// @param holdMs for how long it lasts, in milliseconds; the longer the later the server tells
/// @param breaking what goes wrong
record Outage(String name, String told, int holdMs, Breaking breaking) {
  /// Breaks something.
  interface Breaking {
    /// Breaks it, and returns what repairs it.
    Repair begin(Node node) throws IOException;
  }

  /// Repairs something.
  interface Repair extends AutoCloseable {
    @Override
    void close() throws IOException;
  }
}
