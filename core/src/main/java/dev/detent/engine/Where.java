// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

/// Says where and when a decision is recorded.
///
/// @param forming the batch
/// @param partition the partition
/// @param at the time of the decision, in milliseconds since 1970 UTC
record Where(Forming forming, int partition, long at) {}
