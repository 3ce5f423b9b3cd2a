// SPDX-License-Identifier: Apache-2.0
package dev.detent.store;

import dev.detent.Key;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads and writes in a transaction that somebody else ends: the caller of an application, or
/// [Store#transaction].
///
/// **Guarantees**: nothing is committed here. What [#write] refuses leaves no trace in the
/// transaction, which stays usable.
///
/// **Threads**: one, that of the connection.
///
/// **Errors**: [StoreException]. UNAVAILABLE: roll back and run the transaction again, as after a
/// deadlock or, where the transaction reads one state of the database only, after a change by
/// somebody else.
public interface Joined {
  /// Locks partition rows in ascending order, waiting for whoever holds them, and returns them.
  ///
  /// To lock several at once is the way to be safe of deadlocks.
  ///
  /// @param partitions which ones; those that are locked already stay so
  List<PartitionRow> lock(Collection<Integer> partitions);

  /// Locks the partitions of some instances as [#lock] does, then shows what there is, as this
  /// transaction sees it.
  ///
  /// @param keys the instances
  Sight look(Collection<Key> keys);

  /// Lists instances of a machine in the order of their keys, as this transaction sees them. It
  /// locks nothing: what must not change meanwhile is to be locked before.
  ///
  /// @param machine the machine's name
  /// @param after only keys above this one, or null for all
  /// @param limit at most so many, 1 to 1,000
  default List<InstanceRow> list(String machine, @Nullable String after, int limit) {
    throw new IllegalStateException("list: expected a SQL store, got " + this);
  }

  /// Shows what a move of an instance rests on, without locks, where [#move] can find out whether
  /// it still holds.
  ///
  /// @return null if the move must be decided on a [#look]: elsewhere, for an instance that is not
  ///   stored yet, has timers or a handler that runs on it, and now and then
  default @Nullable Glance glance(Key key) {
    return null;
  }

  /// Moves an instance on, and takes the next offset for its event, if what was seen of it still
  /// holds. No timers start by it.
  ///
  /// @param seen what the move was decided on
  /// @param write the instance
  /// @param event its event; whatever its offset, it gets the next one
  /// @return the event's offset, or 0 if something has changed: nothing was written, and what it
  ///   looked at may be locked
  /// @throws StoreException REJECTED if the database refuses the content
  default long move(Glance seen, InstanceWrite write, EventRow event) {
    return 0;
  }

  /// Inserts the row of a mapped instance whose id the database makes. Whoever inserts it locks its
  /// partition afterwards and writes its event, or undoes it.
  ///
  /// @param row what to insert; its key does not matter
  /// @return the key of the new row
  /// @throws StoreException REJECTED if the database refuses it; undo it by a savepoint
  default Key insert(InstanceRow row) {
    throw new IllegalStateException("insert: expected a SQL store, got " + this);
  }

  /// Locks the row of a mapped instance, whose partition is locked, and returns what its own column
  /// of versions says: 0 for null; or null if there is no row.
  ///
  /// @param key an instance of a machine whose table has such a column
  default @Nullable Long rowVersion(Key key) {
    throw new IllegalStateException("version: expected a SQL store, got " + this);
  }

  /// Writes what a commit of the batch would write, but for the owner's note of its batch.
  ///
  /// @param batch its fences are of partitions that are locked
  /// @throws StoreException FENCED if a fence or a version is another one, REJECTED if the database
  ///   refuses the content: nothing was written
  void write(Batch batch);
}
