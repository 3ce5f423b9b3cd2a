// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import dev.detent.codec.Value;

/// Says what every key of a machine is before its first event.
///
/// @param state the initial state
/// @param value its content
public record Implicit(String state, Value value) {}
