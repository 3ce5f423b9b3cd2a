// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.codec.Json;
import dev.detent.store.EventRow;
import org.jspecify.annotations.Nullable;

/// Tells what was done in a [JoinedTransaction]. It is true for others once that is committed.
///
/// @param instance the instance after it
/// @param event the event, or null if the transition's code let everything stay as it was
/// @param output the answer: by default what the instance holds
public record Moved(Instance instance, @Nullable EventRow event, Json output) {}
