// SPDX-License-Identifier: Apache-2.0
package dev.detent.store;

import org.jspecify.annotations.Nullable;

/// Deletes entries of a journal.
///
/// @param invocation the invocation's id
/// @param life the life that the entry belongs to; meaningless without a position
/// @param position the entry, or null for all of every life except sends that are not delivered yet
public record StepDrop(String invocation, int life, @Nullable String position) {}
