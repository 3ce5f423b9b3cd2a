// SPDX-License-Identifier: Apache-2.0
package dev.detent.store;

import java.util.Set;

/// Holds a process that runs consumers.
///
/// @param id its id, new with each start
/// @param consumers the names of the consumers that it runs
/// @param startedAt when it started, in milliseconds since 1970 UTC
/// @param expiresAt until when it counts as alive
public record WorkerRow(String id, Set<String> consumers, long startedAt, long expiresAt) {}
