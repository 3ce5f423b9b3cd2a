// SPDX-License-Identifier: Apache-2.0
package dev.detent.event;

import dev.detent.ErrorCode;
import dev.detent.Offset;
import dev.detent.Problem;
import dev.detent.store.ConsumerRow;
import dev.detent.store.ConsumerSql;
import dev.detent.store.CursorLag;
import dev.detent.store.PartitionRow;
import dev.detent.store.Store;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Runs consumers of events, and tells and steers where those of all processes stand.
///
/// With a full engine in the process, use its own; [#of] is for processes that only consume.
///
/// **Guarantees**: what is paused, reset or resumed here holds for every process: what one of them
/// has under way then is not committed any more.
///
/// **Threads**: safe for any number of threads. All methods block.
///
/// **Errors**: NOT_FOUND with `what` `consumer` or `dead-letter`;
/// [StoreException][dev.detent.store.StoreException] if the store can't be used.
public final class Consumers implements AutoCloseable {
  private static final Duration LEASE = Duration.ofSeconds(10);
  private static final Duration CLOSE_MAX = Duration.ofSeconds(5);

  private final Store store;
  private final EventLog log;
  private final Worker worker;

  /// Makes consumers over a store whose log somebody else keeps up to date too.
  ///
  /// @param store the store; it is not closed with this
  /// @param log its log
  /// @param lease for how long this process counts as alive after its last sign of life; then
  ///   others take its partitions over
  /// @param observer who hears what consumers do
  /// @param around what the SQL of handlers runs in
  public Consumers(
      Store store,
      EventLog log,
      Duration lease,
      ConsumerObserver observer,
      UnaryOperator<ConsumerSql> around) {
    this.store = store;
    this.log = log;
    this.worker = new Worker(store, log, lease, observer, around);
  }

  /// Makes consumers over a store, without an engine, with a lease of 10 s.
  ///
  /// @param store the store; it is not closed with this
  public static Consumers of(Store store) {
    return of(store, LEASE);
  }

  /// Makes consumers over a store, without an engine.
  ///
  /// @param store the store; it is not closed with this
  /// @param lease for how long this process counts as alive after its last sign of life, 1 s or
  ///   more; the same in all processes
  public static Consumers of(Store store, Duration lease) {
    return new Consumers(
        store, new EventLog(store), lease, ConsumerObserver.NOBODY, UnaryOperator.identity());
  }

  /// Begins to configure a consumer of this process.
  ///
  /// @param name its name, under which its place is kept: `[A-Za-z][A-Za-z0-9_.-]{0,63}`
  public ConsumerBuilder consumer(String name) {
    return new ConsumerBuilder(name, worker);
  }

  /// Returns all consumers that the store knows, by name.
  public List<ConsumerView> all() {
    Map<String, List<CursorLag>> lags =
        store.cursors().lags(null).stream()
            .collect(Collectors.groupingBy(lag -> lag.cursor().consumer()));
    Map<String, Long> letters = store.cursors().letterCounts();
    return store.cursors().consumers().stream()
        .map(row -> view(row, lags.getOrDefault(row.name(), List.of()), letters))
        .toList();
  }

  /// Returns one consumer, or null.
  public @Nullable ConsumerView find(String name) {
    List<CursorLag> lags = store.cursors().lags(name);
    for (ConsumerRow row : store.cursors().consumers()) {
      if (row.name().equals(name)) {
        return view(row, lags, store.cursors().letterCounts());
      }
    }
    return null;
  }

  private ConsumerView view(ConsumerRow row, List<CursorLag> lags, Map<String, Long> letters) {
    return ConsumerView.of(row, lags, letters.getOrDefault(row.name(), 0L), store.now());
  }

  /// Has a consumer stand still in all processes, until it is resumed.
  public void pause(String name) {
    require(store.cursors().pause(name, true), name);
    worker.look();
  }

  /// Has a consumer go on, also where it had stopped.
  public void resume(String name) {
    require(store.cursors().pause(name, false), name);
    worker.look();
  }

  /// Sets a consumer to a place in all partitions: [Cursor#START], [EventLog#end],
  /// [EventLog#before], or where a reader of the feed stands.
  ///
  /// @throws dev.detent.RefusedException BAD_REQUEST if the cursor is not of this store
  public void reset(String name, Cursor to) {
    requireKnown(name);
    log.requireKnown(to);
    long[] offsets = to.offsets(store.partitions());
    var all = new HashMap<Integer, Long>();
    for (int partition = 0; partition < offsets.length; partition++) {
      all.put(partition, offsets[partition]);
    }
    require(store.cursors().reset(name, all), name);
    worker.look();
  }

  /// Sets a consumer to a place in one partition: just behind an event, or before the first one.
  ///
  /// @param offset the partition, and the last event that is done with; 0 for none
  /// @throws dev.detent.RefusedException BAD_REQUEST if there is no such place
  public void reset(String name, Offset offset) {
    requireKnown(name);
    List<PartitionRow> rows = store.partitionRows();
    boolean inside = offset.partition() >= 0 && offset.partition() < rows.size();
    if (!inside || offset.offset() > rows.get(offset.partition()).lastOffset()) {
      throw Problem.of(
              ErrorCode.BAD_REQUEST,
              "offset: expected an event of this store, got " + offset + "; see /api/consumers")
          .exception();
    }
    require(store.cursors().reset(name, Map.of(offset.partition(), offset.offset())), name);
    worker.look();
  }

  /// Forgets a consumer, its place and its dead letters. Where it still runs, it ends.
  public void remove(String name) {
    require(store.cursors().remove(name), name);
    worker.look();
  }

  /// Returns events that a consumer gave up on, by their offsets.
  ///
  /// @param after only those above this place, or null for all
  /// @param limit at most so many, 1 to 1,000
  public List<DeadLetter> deadLetters(String name, @Nullable Offset after, int limit) {
    requireKnown(name);
    return store.cursors().letters(name, after, limit).stream().map(DeadLetter::of).toList();
  }

  /// Has an event that a consumer gave up on tried once more, by the process that reads its
  /// partition: if it succeeds, the dead letter is gone, else it stays.
  ///
  /// @param event the event's place
  public void retry(String name, Offset event) {
    requireLetter(store.cursors().want(name, event), name, event);
    worker.look();
  }

  /// Throws a dead letter away.
  ///
  /// @param event the event's place
  public void discard(String name, Offset event) {
    requireLetter(store.cursors().discard(name, event), name, event);
  }

  /// Closes the consumers of this process within 5 s. Their places are kept.
  @Override
  public void close() {
    close(CLOSE_MAX);
  }

  /// Closes the consumers of this process.
  ///
  /// @param limit how long it may wait for handlers that are under way
  public void close(Duration limit) {
    worker.close(limit);
  }

  private void requireKnown(String name) {
    require(store.cursors().cursor(name, 0) != null, name);
  }

  private static void require(boolean known, String name) {
    if (!known) {
      throw Problem.of(
              ErrorCode.NOT_FOUND,
              "consumer: expected one that has run, got '" + name + "'; see /api/consumers")
          .with("what", "consumer")
          .with("consumer", name)
          .exception();
    }
  }

  private void requireLetter(boolean known, String name, Offset event) {
    if (!known) {
      requireKnown(name);
      throw Problem.of(
              ErrorCode.NOT_FOUND,
              "dead letter of "
                  + name
                  + ": expected one that is kept, got '"
                  + event
                  + "'; see /api/consumers/"
                  + name
                  + "/dead-letters")
          .with("what", "dead-letter")
          .with("consumer", name)
          .exception();
    }
  }
}
