// SPDX-License-Identifier: Apache-2.0
package dev.detent.store;

import dev.detent.Key;
import org.jspecify.annotations.Nullable;

/// Holds a timer. Its identity is key, version and name.
///
/// @param key the instance
/// @param partition the instance's partition
/// @param version the instance's version when it entered the state; 0 for a delayed send
/// @param name the timeout's name; for a delayed send the invocation's id
/// @param dueAt when, in milliseconds since 1970 UTC
/// @param invocation the id of the delayed send, or null for a state timeout
public record TimerRow(
    Key key, int partition, long version, String name, long dueAt, @Nullable String invocation) {}
