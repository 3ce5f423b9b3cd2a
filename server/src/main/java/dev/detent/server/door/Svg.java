// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.door;

import dev.detent.machine.Machine;

/// Draws machines as SVG.
///
/// **Threads**: safe for any number of threads.
@FunctionalInterface
public interface Svg {
  /// Draws a machine.
  ///
  /// @return a whole SVG document
  String draw(Machine machine);
}
