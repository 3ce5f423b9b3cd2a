// SPDX-License-Identifier: Apache-2.0
package dev.detent.store;

import dev.detent.Key;
import java.sql.Connection;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Keeps instances, events, timers and invocations, durably.
///
/// **Guarantees**: a [Batch] is committed whole or not at all, and is on disk when [#commit]
/// returns. Reads see every batch whose commit has returned, and no part of any other.
///
/// **Threads**: safe for any number of threads; one commit at a time per partition.
///
/// **Errors**: every method throws [StoreException]; its kind says what is certain.
public interface Store extends AutoCloseable {
  /// Returns how many partitions the store was created with; fixed for its life.
  int partitions();

  /// Tells whether an operating system lock keeps every other process out; fixed for its life.
  boolean exclusive();

  /// Tells whether nobody but the owner can have written, so that what the owner remembers can't be
  /// stale and reads need no look at the fence: the store is [#exclusive], and nobody has joined in
  /// yet.
  boolean alone();

  /// Returns what all nodes of this store know and nobody else: random text, made with the store.
  String secret();

  /// Returns the store's clock: milliseconds since 1970 UTC.
  long now();

  /// Has something called whenever the clock was set by hand, which happens in tests only.
  ///
  /// @param moved called after each change, on the thread that made it; it returns at once
  default void whenClockMoves(Runnable moved) {}

  /// Makes a node the owner of partitions: sets `owner`, raises `epoch`, and copies `owner_batch`
  /// to `fenced_batch`, all in one transaction. A partition that another node owns which is alive,
  /// by the store's time, is left alone; on an exclusive store none is.
  ///
  /// @param owner the node's id
  /// @param partitions which ones
  /// @return the rows of those that are owned now, by ascending partition
  List<PartitionRow> acquire(String owner, Collection<Integer> partitions);

  /// Gives partitions up: they have no owner from now on. One whose epoch is another is left alone.
  ///
  /// @param rows the partitions as they were acquired; only number and epoch matter
  void release(Collection<PartitionRow> rows);

  /// Says that a node is alive, and shows who else is.
  ///
  /// @param node the node; its times do not matter
  /// @param leaseMs for how long it counts as alive from now on, in milliseconds
  Membership heartbeat(NodeRow node, long leaseMs);

  /// Forgets nodes that stopped, or that have been dead for long.
  ///
  /// @param nodes their ids
  void forget(Collection<String> nodes);

  /// Returns the partition rows as committed now, by ascending partition.
  List<PartitionRow> partitionRows();

  /// Commits a batch in one transaction.
  ///
  /// First each fence is checked and moved: `seq` and `last_offset` grow where partition, epoch and
  /// seq are as expected, and `owner_batch` becomes the batch's id. COMMIT is sent only after every
  /// count was checked.
  ///
  /// Partitions that somebody else has locked are not waited for.
  ///
  /// @throws StoreException FENCED, LOCKED, REJECTED or UNAVAILABLE: nothing of it is committed;
  ///   UNKNOWN: it may be or not, ask [#isCommitted]
  void commit(Batch batch);

  /// Waits for a partition that somebody else has locked, and holds it. Blocks.
  ///
  /// @return null if it could not be had within the time that a statement may wait
  @Nullable Claim claim(int partition);

  /// Finds out whether a batch whose commit ended in UNKNOWN is committed: waits for the row lock
  /// of one of its partitions, on a new connection, then compares the ids recorded there.
  ///
  /// @return true or false for sure, or null if the store can't tell any more
  @Nullable Boolean isCommitted(Batch batch);

  /// Returns the instances that exist among the keys, in any order.
  List<InstanceRow> instances(Collection<Key> keys);

  /// Returns the kept invocations that carry one of these idempotency keys, in any order.
  ///
  /// @param tokens what to look for
  List<InvocationRow> invocations(Collection<Token> tokens);

  /// Returns an invocation by its id, or null.
  @Nullable InvocationRow invocation(String id);

  /// Returns open invocations of one partition, by machine, key (UTF-8 bytes) and ordinal.
  ///
  /// @param partition the partition
  /// @param after only those that come after this one, or null for all
  /// @param limit at most so many, at least 1
  List<InvocationRow> open(int partition, @Nullable InvocationRow after, int limit);

  /// Returns invocations by ascending id.
  ///
  /// @param status only those, or null for all
  /// @param after only ids above this one, or null for all
  /// @param limit at most so many, at least 1
  List<InvocationRow> invocations(
      InvocationRow.@Nullable Status status, @Nullable String after, int limit);

  /// Returns the journal of an invocation in any order: the entries of all its lives.
  List<StepRow> steps(String invocation);

  /// Returns pending entries of journals of one partition, by invocation, life and position, those
  /// of invocations that have ended too.
  ///
  /// @param partition the partition
  /// @param after only those that come after this one, or null for all
  /// @param limit at most so many, at least 1
  List<StepRow> pending(int partition, @Nullable StepRow after, int limit);

  /// Runs the user's SQL and records a step in one transaction: the SQL first, then the step, and
  /// the partition's row last, whose epoch must be as expected.
  ///
  /// The step is recorded only while its invocation is running in the step's life and has no such
  /// entry yet.
  ///
  /// @param invocation the invocation; its life counts
  /// @param epoch the epoch of the partition's owner
  /// @param position the entry's place in the journal
  /// @param work the user's SQL
  /// @return the step as it is recorded; the one that was there, if there was one
  /// @throws StoreException FENCED if the epoch or the life is another one; REJECTED if the
  ///   database refuses the step itself; UNAVAILABLE or UNKNOWN as for [#commit], but to try again
  ///   settles what is unknown
  /// @throws Exception what the work throws; nothing of it is committed
  StepRow transact(InvocationRow invocation, long epoch, String position, Transact work)
      throws Exception;

  /// Takes part in a transaction that the caller began and will end.
  ///
  /// From the first time on, [#alone] is false.
  ///
  /// @param connection a connection to this store's database, in a transaction. On SQLite that must
  ///   be one that began as IMMEDIATE
  /// @return what may be used until the transaction ends
  /// @throws StoreException REJECTED if it is no such connection
  Joined join(Connection connection);

  /// Runs something in a transaction of the store's own and commits it. From the first time on,
  /// [#alone] is false.
  ///
  /// @param work what to run; on SQLite nobody else writes meanwhile
  /// @return what the work returned
  /// @throws StoreException UNAVAILABLE: nothing of it is committed; UNKNOWN: it may be committed
  ///   or not
  /// @throws Exception what the work throws; nothing of it is committed
  <T extends @Nullable Object> T transaction(Joining<T> work) throws Exception;

  /// Returns the earliest timers of some partitions in order of their due time.
  ///
  /// @param partitions which ones
  /// @param dueAtMax only timers due at this time or before, in milliseconds since 1970 UTC
  /// @param limit at most so many, at least 1
  List<TimerRow> timers(Collection<Integer> partitions, long dueAtMax, int limit);

  /// Returns events of one partition in order of their offsets.
  ///
  /// @param partition the partition
  /// @param after only offsets above this one
  /// @param limit at most so many, at least 1
  List<EventRow> events(int partition, long after, int limit);

  /// Returns events of one instance in order of their versions.
  ///
  /// @param key the instance
  /// @param after only versions above this one
  /// @param limit at most so many, at least 1
  List<EventRow> history(Key key, long after, int limit);

  /// Returns instances of a machine in order of their keys (by UTF-8 bytes).
  ///
  /// @param machine the machine's name
  /// @param state only those in this state, or null for all
  /// @param after only keys above this one, or null for all
  /// @param limit at most so many, at least 1
  List<InstanceRow> list(String machine, @Nullable String state, @Nullable String after, int limit);

  /// Returns how many instances of a machine are in each state; states without any are left out.
  Map<String, Long> counts(String machine);

  /// Keeps the instances of machines as rows of tables of the user's from now on; call it before
  /// anything is done with these machines.
  ///
  /// @param tables how they are mapped
  /// @throws dev.detent.RefusedException INVALID_DEFINITION with all `problems`, in words, if a
  ///   table is missing or does not fit
  default void map(Collection<MappedTable> tables) {
    if (!tables.isEmpty()) {
      throw new IllegalStateException("mapped tables: expected a SQL store, got " + this);
    }
  }

  /// Returns all stored definitions, by name.
  List<MachineRow> machines();

  /// Writes a definition, unless live instances are in states that it lacks: locks all partition
  /// rows in ascending order, counts, writes, and raises every `seq`, in one transaction.
  ///
  /// @param machine the definition
  /// @param states the names of all its states
  /// @return what it would strand; empty means that it is written
  List<Stranded> define(MachineRow machine, Collection<String> states);

  /// Returns what keeps the places of consumers.
  Cursors cursors();

  /// Deletes invocations that ended and whose time to keep them is over, unless a handler's send or
  /// call that made them is still pending.
  ///
  /// @param now the time, in milliseconds since 1970 UTC
  /// @param limit at most so many, at least 1
  /// @return how many were deleted
  int purge(long now, int limit);

  /// Does the least that proves that the store can be read.
  void ping();

  /// Lets go of connections and locks.
  @Override
  void close();
}
