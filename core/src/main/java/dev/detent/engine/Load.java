// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

/// Shows how much is waiting and how much is remembered, at one moment.
///
/// @param waiting requests that wait for a lane
/// @param undecided requests that wait for their instance to be read
/// @param uncommitted requests whose batch is not committed yet
/// @param cachedInstances instances in memory
/// @param cachedBytes about how many bytes these take
/// @param timers timers in memory
public record Load(
    int waiting,
    int undecided,
    int uncommitted,
    int cachedInstances,
    long cachedBytes,
    int timers) {}
