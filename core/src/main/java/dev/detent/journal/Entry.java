// SPDX-License-Identifier: Apache-2.0
package dev.detent.journal;

import dev.detent.Key;
import dev.detent.store.StepRow;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Holds an entry that an attempt wants recorded.
///
/// @param position its place in the journal, as in [StepRow]
/// @param kind what it is
/// @param name what the handler calls it: a step's or signal's name, a call's command, `all` or
///   `any` for branches, else an empty text
/// @param status PENDING for what is begun here and completed later
/// @param request what is asked of another instance, or null
/// @param value its result as JSON, or null
/// @param problem its final failure as [dev.detent.codec.ProblemText] writes it, or null
/// @param delay how long a sleep lasts, how much later a send runs, or how long an awakeable is
///   open; null for none
public record Entry(
    String position,
    StepRow.Kind kind,
    String name,
    StepRow.Status status,
    @Nullable Outgoing request,
    @Nullable String value,
    @Nullable String problem,
    @Nullable Duration delay) {

  /// Says what is asked of another instance; the engine gives it an id.
  ///
  /// @param key the instance
  /// @param command the command
  /// @param input its input as JSON
  public record Outgoing(Key key, String command, String input) {}

  /// Returns an entry that is begun here and completed later.
  static Entry pending(String position, Wanted wanted, @Nullable Duration delay) {
    return new Entry(
        position,
        wanted.kind(),
        wanted.name(),
        StepRow.Status.PENDING,
        wanted.request(),
        null,
        null,
        delay);
  }

  /// Returns an entry that is done.
  static Entry completed(String position, Wanted wanted, @Nullable String value) {
    return new Entry(
        position, wanted.kind(), wanted.name(), StepRow.Status.COMPLETED, null, value, null, null);
  }

  /// Returns an entry that failed for good.
  static Entry failed(String position, Wanted wanted, String problem) {
    return new Entry(
        position, wanted.kind(), wanted.name(), StepRow.Status.FAILED, null, null, problem, null);
  }
}
