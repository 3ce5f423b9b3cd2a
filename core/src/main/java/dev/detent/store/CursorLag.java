// SPDX-License-Identifier: Apache-2.0
package dev.detent.store;

import org.jspecify.annotations.Nullable;

/// Holds a cursor and what lies before it.
///
/// @param cursor the cursor
/// @param head the offset of the partition's last event; 0 before the first
/// @param next the time of the first event that the consumer is not done with, in milliseconds
///   since 1970 UTC; null if there is none
public record CursorLag(CursorRow cursor, long head, @Nullable Long next) {}
