// SPDX-License-Identifier: Apache-2.0
package dev.detent.store;

/// Holds a partition that somebody else had locked, so that its owner's next commit is not
/// overtaken again.
///
/// **Threads**: one at a time.
public interface Claim extends AutoCloseable {
  /// Returns the partition's row as it is, until the claim ends.
  PartitionRow row();

  /// Commits a batch as [Store#commit] does, with the lock that is held. That ends the claim, but
  /// for LOCKED: then it is still held, and another batch may be committed.
  void commit(Batch batch);

  /// Tells whether the claim has ended.
  boolean over();

  /// Ends the claim; does nothing if it has ended.
  @Override
  void close();
}
