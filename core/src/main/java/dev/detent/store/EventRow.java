// SPDX-License-Identifier: Apache-2.0
package dev.detent.store;

import dev.detent.Key;
import dev.detent.Offset;
import org.jspecify.annotations.Nullable;

/// Holds an event.
///
/// @param offset its place, which names it
/// @param key the instance
/// @param version the instance's version after it, from 1
/// @param command the command, or null for a timeout
/// @param from the state before, or null for the first event of an instance that was created
/// @param to the state after
/// @param input the command's input as JSON; `null` in JSON if there was none
/// @param at when, in milliseconds since 1970 UTC; never goes back within a partition
/// @param cause `command`, `after` or `send`
/// @param forced whether it went where no declared transition leads
/// @param metadata what the caller said about it as JSON, or null
public record EventRow(
    Offset offset,
    Key key,
    long version,
    @Nullable String command,
    @Nullable String from,
    String to,
    String input,
    long at,
    String cause,
    boolean forced,
    @Nullable String metadata) {}
