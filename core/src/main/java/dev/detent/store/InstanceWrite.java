// SPDX-License-Identifier: Apache-2.0
package dev.detent.store;

import org.jspecify.annotations.Nullable;

/// Writes an instance.
///
/// @param row the instance as it is afterwards
/// @param expected the version that is stored before; 0 if the instance is not stored yet
/// @param seen of a mapped instance, what it was when that was decided; otherwise null
public record InstanceWrite(InstanceRow row, long expected, @Nullable Seen seen) {
  /// Makes a write of an instance that is not mapped.
  ///
  /// @param row the instance as it is afterwards
  /// @param expected the version that is stored before; 0 if the instance is not stored yet
  public InstanceWrite(InstanceRow row, long expected) {
    this(row, expected, null);
  }
}
