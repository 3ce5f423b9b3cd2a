// SPDX-License-Identifier: Apache-2.0
package dev.detent.event;

import dev.detent.Problem;
import dev.detent.codec.ProblemText;
import dev.detent.store.ConsumerRow;
import dev.detent.store.CursorLag;
import dev.detent.store.CursorRow;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Shows where a consumer stands, in all processes.
///
/// @param name its name
/// @param machines whose events it wants, by name; empty for all
/// @param states which states it wants to hear of being entered; empty for all
/// @param paused whether somebody has paused it
/// @param createdAt when it first started
/// @param deadLetters how many events it gave up on
/// @param partitions where it is in each partition
public record ConsumerView(
    String name,
    List<String> machines,
    List<String> states,
    boolean paused,
    Instant createdAt,
    long deadLetters,
    List<Place> partitions) {
  /// Shows where it is in a partition.
  ///
  /// @param partition the partition
  /// @param offset the last event that it is done with; 0 before the first
  /// @param head the partition's last event; 0 before the first
  /// @param age how old the first event is that it is not done with; zero if there is none
  /// @param owner the worker that reads on, or null
  /// @param attempt how often in a row the next event has failed
  /// @param trouble why it failed last time, or null
  /// @param stopped whether it gave up on the next event, until somebody resumes it
  /// @param movedAt when it last moved
  public record Place(
      int partition,
      long offset,
      long head,
      Duration age,
      @Nullable String owner,
      int attempt,
      @Nullable Problem trouble,
      boolean stopped,
      Instant movedAt) {
    /// Returns how many events lie before it, of all machines.
    public long lag() {
      return Math.max(0, head - offset);
    }

    static Place of(CursorLag lag, long now) {
      CursorRow row = lag.cursor();
      Long next = lag.next();
      String trouble = row.trouble();
      return new Place(
          row.partition(),
          row.offset(),
          lag.head(),
          next == null ? Duration.ZERO : Duration.ofMillis(Math.max(0, now - next)),
          row.owner(),
          row.attempt(),
          trouble == null ? null : ProblemText.read(trouble),
          row.stopped(),
          Instant.ofEpochMilli(row.at()));
    }
  }

  static ConsumerView of(ConsumerRow row, List<CursorLag> lags, long deadLetters, long now) {
    return new ConsumerView(
        row.name(),
        Selection.names(row.machines()),
        Selection.names(row.states()),
        row.paused(),
        Instant.ofEpochMilli(row.createdAt()),
        deadLetters,
        lags.stream().map(lag -> Place.of(lag, now)).toList());
  }

  /// Returns how many events lie before it, of all machines.
  public long lag() {
    return partitions.stream().mapToLong(Place::lag).sum();
  }

  /// Returns how old the oldest event is that it is not done with; zero if there is none.
  public Duration age() {
    return partitions.stream().map(Place::age).max(Duration::compareTo).orElse(Duration.ZERO);
  }

  /// Tells whether it gave up on an event in some partition, until somebody resumes it.
  public boolean stopped() {
    return partitions.stream().anyMatch(Place::stopped);
  }

  /// Tells whether it keeps events from being dropped that are older than they need be.
  ///
  /// @param retention for how long events are kept at least, or null for ever
  public boolean holds(@Nullable Duration retention) {
    return retention != null && age().compareTo(retention) > 0;
  }

  /// Tells whether some process runs it.
  public boolean running() {
    return partitions.stream().anyMatch(place -> place.owner() != null);
  }
}
