// SPDX-License-Identifier: Apache-2.0
package dev.detent.store;

/// Writes an instance.
///
/// @param row the instance as it is afterwards
/// @param expected the version that is stored before; 0 if the instance is not stored yet
public record InstanceWrite(InstanceRow row, long expected) {}
