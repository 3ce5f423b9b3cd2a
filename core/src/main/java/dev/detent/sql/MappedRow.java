// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Holds a row of a table of the user's as it was read.
///
/// @param key the key of the instance
/// @param id its id
/// @param state the name of its state; an empty text if there is none
/// @param version what its column of versions says, or null
/// @param createdAt when it was created, or null if the table does not say
/// @param updatedAt when it last moved, or null if the table does not say
/// @param enteredAt when it entered its state, or null if the table does not say
/// @param values the columns of its state, in their order
/// @param data the same as a JSON object
record MappedRow(
    String key,
    Object id,
    String state,
    @Nullable Long version,
    @Nullable Instant createdAt,
    @Nullable Instant updatedAt,
    @Nullable Instant enteredAt,
    Map<String, @Nullable Object> values,
    String data) {}
