// SPDX-License-Identifier: Apache-2.0
package dev.detent.chaos;

import org.jspecify.annotations.Nullable;

/// Is a server that can be asked.
interface Served {
  /// Returns what it is called in messages.
  String name();

  /// Returns where it serves, `http://HOST:PORT`, or null if it does not.
  @Nullable String url();
}
