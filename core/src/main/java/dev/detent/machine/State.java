// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import org.jspecify.annotations.Nullable;

/// Declares one state of a machine.
///
/// @param name the name; from Java the record's simple name
/// @param isFinal whether nothing leads out of it by intent
/// @param description what it means, or an empty text
/// @param type the record that holds its data, or null where data is plain JSON
public record State(String name, boolean isFinal, String description, @Nullable Class<?> type) {}
