// SPDX-License-Identifier: Apache-2.0
package dev.detent.store;

import dev.detent.Key;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/// Reads and writes in a transaction that somebody else ends: the caller of an application, or
/// `Store.transaction`.
///
/// **Guarantees**: nothing is committed here. What is refused leaves no trace in the transaction,
/// which stays usable.
///
/// **Threads**: one, that of the connection.
///
/// **Errors**: [StoreException]; REJECTED, FENCED and LOCKED leave the transaction usable.
public interface Joined {
  /// Locks partition rows in ascending order, waiting for whoever holds them, and returns them.
  ///
  /// @param partitions which ones; those that are locked already stay so
  List<PartitionRow> lock(Collection<Integer> partitions);

  /// Returns the instances that exist among the keys, in any order, as this transaction sees them.
  /// Their partitions are locked.
  List<InstanceRow> instances(Collection<Key> keys);

  /// Returns which of the keys have an invocation that is queued, running or paused.
  Set<Key> busy(Collection<Key> keys);

  /// Returns the time of the last event of a partition that is locked, in milliseconds since 1970
  /// UTC; 0 if it has none.
  long lastAt(int partition);

  /// Writes what a commit of the batch would write, but for the owner's note of its batch.
  void write(Batch batch);
}
