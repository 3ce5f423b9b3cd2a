// SPDX-License-Identifier: Apache-2.0
package dev.detent.store;

import dev.detent.Key;
import org.jspecify.annotations.Nullable;

/// Ends timers.
///
/// @param key the instance
/// @param version the version that the timers were started at
/// @param name the timer's name, or null for all of that version
public record TimerDrop(Key key, long version, @Nullable String name) {}
