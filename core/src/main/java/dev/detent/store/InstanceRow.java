// SPDX-License-Identifier: Apache-2.0
package dev.detent.store;

import dev.detent.Key;
import org.jspecify.annotations.Nullable;

/// Holds an instance.
///
/// @param key its name
/// @param partition its partition
/// @param state the state it is in
/// @param data what it holds, a JSON object
/// @param version how many events it has had, from 1
/// @param definition the hash of the definition under which it was written
/// @param createdAt when its first event was, in milliseconds since 1970 UTC
/// @param updatedAt when its last event was, in milliseconds since 1970 UTC
/// @param enteredAt when it entered its state, in milliseconds since 1970 UTC
/// @param timers how many state timers it has running
/// @param invocation the id of the invocation that runs on it, or null
public record InstanceRow(
    Key key,
    int partition,
    String state,
    String data,
    long version,
    String definition,
    long createdAt,
    long updatedAt,
    long enteredAt,
    int timers,
    @Nullable String invocation) {}
