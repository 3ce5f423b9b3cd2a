// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import dev.detent.Key;
import dev.detent.codec.Json;
import dev.detent.codec.Value;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Gives an action all that it may look at.
///
/// @param key the instance
/// @param state where it is, or null if it does not exist
/// @param value what it holds, or null if it does not exist
/// @param input the command's input; `null` in JSON if there is none
/// @param now the time of this decision
public record Situation(
    Key key, @Nullable String state, @Nullable Value value, Json input, Instant now) {}
