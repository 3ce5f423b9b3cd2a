// SPDX-License-Identifier: Apache-2.0
package dev.detent.store;

/// Says what a commit expects of a partition and how far it moves it.
///
/// @param partition the partition
/// @param epoch the epoch of the owner
/// @param seq the sequence that the last commit left
/// @param lastOffset the offset that the last commit left
/// @param events how many events this commit adds to the partition, 0 or more
public record Fence(int partition, long epoch, long seq, long lastOffset, int events) {}
