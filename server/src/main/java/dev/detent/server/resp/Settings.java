// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

/// Holds what `CONFIG SET` can change.
///
/// **Threads**: safe for any number of threads.
final class Settings {
  private volatile boolean strict;

  /// Tells whether invalid transitions are answered with the original's errors, and its rules hold.
  boolean strict() {
    return strict;
  }

  void strict(boolean errors) {
    strict = errors;
  }
}
