// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Holds what reading a definition has led to: a machine, unless something is wrong.
///
/// @param machine the machine, or null if something is wrong
/// @param findings what is wrong, all of it; with a machine, what is doubtful about it
public record Reading(@Nullable Machine machine, List<Finding> findings) {
  /// Says what is wrong or doubtful, and where.
  ///
  /// @param text what to tell the author
  /// @param place where it stands
  public record Finding(String text, Place place) {}

  /// Tells whether there is a machine; then the findings are only doubts.
  public boolean isSound() {
    return machine != null;
  }
}
