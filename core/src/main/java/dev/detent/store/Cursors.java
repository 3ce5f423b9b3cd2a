// SPDX-License-Identifier: Apache-2.0
package dev.detent.store;

import dev.detent.Offset;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Keeps the places of consumers in every partition, who moves them, and the events that they gave
/// up on; and what readers of another kind share.
///
/// **Guarantees**: a cursor is moved only by the worker that acquired it, and only until it changes
/// hands, is paused or reset: the transaction that moves it checks owner, epoch and offset last,
/// just before COMMIT.
///
/// **Threads**: safe for any number of threads.
///
/// **Errors**: every method throws [StoreException]. FENCED: the cursor is not the caller's any
/// more, nothing was written. UNKNOWN: look at the cursor, its offset tells.
public interface Cursors {
  /// Makes a consumer, with a cursor for each partition, unless there is one of that name; then
  /// only what it wants is written.
  ///
  /// @param consumer the consumer; whether it is paused counts only if it is new
  /// @param offsets where it begins if it is new, by partition
  /// @return whether it is new
  boolean open(ConsumerRow consumer, Map<Integer, Long> offsets);

  /// Forgets a consumer, its cursors and its dead letters.
  ///
  /// @return whether there was one
  boolean remove(String consumer);

  /// Says that a worker is alive.
  ///
  /// @param worker the worker; its times do not matter
  /// @param leaseMs for how long it counts as alive from now on, in milliseconds
  void beat(WorkerRow worker, long leaseMs);

  /// Forgets workers that stopped, or that have been dead for long.
  void forget(Collection<String> workers);

  /// Returns what workers must know of each other.
  ///
  /// @param consumers whose consumers and cursors are wanted
  Consuming look(Collection<String> consumers);

  /// Makes a worker the owner of cursors, and raises their epochs. What a living worker owns, what
  /// has stopped, and what is paused is left alone.
  ///
  /// @param consumer the consumer
  /// @param worker the worker
  /// @param partitions which ones
  /// @return those among them that it owns now
  List<CursorRow> acquire(String consumer, String worker, Collection<Integer> partitions);

  /// Gives cursors up. One of another epoch is left alone.
  ///
  /// @param held the cursors as they were acquired
  void release(Collection<CursorRow> held);

  /// Returns one cursor, or null.
  @Nullable CursorRow cursor(String consumer, int partition);

  /// Runs the user's SQL and moves a cursor in one transaction: the SQL first, the cursor last.
  ///
  /// @param held the cursor as it was
  /// @param offset tells, after the work, the last event that the consumer is done with then
  /// @param work the user's SQL
  /// @throws Exception what the work throws; nothing of it is committed. If the database itself is
  ///   the cause and may do better the next time, it is a [StoreException]
  void advance(CursorRow held, LongSupplier offset, ConsumerSql work) throws Exception;

  /// Runs the user's SQL and moves a cursor to a place that is known before.
  ///
  /// @param held the cursor as it was
  /// @param offset the last event that the consumer is done with then
  /// @param work the user's SQL
  /// @throws Exception as above
  default void advance(CursorRow held, long offset, ConsumerSql work) throws Exception {
    advance(held, () -> offset, work);
  }

  /// Writes down that the next event has failed.
  ///
  /// @param failed the cursor, with the count of its failures and why
  /// @param stops whether the consumer gives up: then nobody owns this cursor any more
  void fail(CursorRow failed, boolean stops);

  /// Moves a cursor past an event that the consumer gives up on, and keeps the event, in one
  /// transaction.
  ///
  /// @param held the cursor as it was; the letter is its next event, or a later one if those
  ///   between are not wanted
  /// @param letter the event
  void bury(CursorRow held, DeadLetterRow letter);

  /// Pauses a consumer or lets it go on. While it is paused nobody owns its cursors; what is under
  /// way is not committed any more. Going on, it tries again where it had stopped.
  ///
  /// @return whether there is one of that name
  boolean pause(String consumer, boolean paused);

  /// Sets cursors back or forth. What is under way is not committed any more.
  ///
  /// @param consumer the consumer
  /// @param offsets the last event that it is done with, by partition
  /// @return whether there is one of that name
  boolean reset(String consumer, Map<Integer, Long> offsets);

  /// Returns all consumers by name.
  List<ConsumerRow> consumers();

  /// Returns cursors and what lies before them, by consumer and partition.
  ///
  /// @param consumer whose, or null for all
  List<CursorLag> lags(@Nullable String consumer);

  /// Returns dead letters of a consumer in order of their places.
  ///
  /// @param after only those above this place, or null for all
  /// @param limit at most so many, at least 1
  List<DeadLetterRow> letters(String consumer, @Nullable Offset after, int limit);

  /// Returns a dead letter, or null.
  @Nullable DeadLetterRow letter(String consumer, Offset offset);

  /// Returns how many dead letters each consumer has; those without any are left out.
  Map<String, Long> letterCounts();

  /// Says that a dead letter is to be tried again.
  ///
  /// @return whether there is such a letter
  boolean want(String consumer, Offset offset);

  /// Throws a dead letter away.
  ///
  /// @return whether there was one
  boolean discard(String consumer, Offset offset);

  /// Runs the user's SQL and deletes a dead letter in one transaction.
  ///
  /// @param held the cursor of the letter's partition, which stays where it is
  /// @param letter the letter
  /// @param work the user's SQL
  /// @throws Exception as for [#advance]
  void revive(CursorRow held, DeadLetterRow letter, ConsumerSql work) throws Exception;

  /// Writes down that a dead letter has failed again.
  ///
  /// @param held the cursor of the letter's partition
  /// @param letter the letter after it
  void buryAgain(CursorRow held, DeadLetterRow letter);

  /// Returns what keeps the order in which events are shown to those who remember their places
  /// themselves.
  Stretches stretches();

  /// Deletes the oldest events of a partition, except its last one and those that a consumer is not
  /// done with.
  ///
  /// @param partition the partition
  /// @param before only events before this time, in milliseconds since 1970 UTC
  /// @param limit at most so many, at least 1
  /// @return how many were deleted
  int drop(int partition, long before, int limit);
}
