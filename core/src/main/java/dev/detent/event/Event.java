// SPDX-License-Identifier: Apache-2.0
package dev.detent.event;

import dev.detent.Key;
import dev.detent.Offset;
import dev.detent.codec.Codec;
import dev.detent.codec.Json;
import dev.detent.store.EventRow;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Holds the recorded fact of a transition, as a consumer gets it.
///
/// @param offset its place, which names it: the same however often it is handled
/// @param instance the instance
/// @param version the instance's version after it, from 1
/// @param command the command, or null for a timeout
/// @param from the state before, or null for the first event of an instance that was created
/// @param to the state that was entered
/// @param input the command's input; `null` in JSON if there was none
/// @param at when; never goes back within a partition
/// @param cause `command`, `after` or `send`
/// @param forced whether it went where no declared transition leads
/// @param metadata what the caller said about it, or null
public record Event(
    Offset offset,
    Key instance,
    long version,
    @Nullable String command,
    @Nullable String from,
    String to,
    Json input,
    Instant at,
    String cause,
    boolean forced,
    @Nullable Json metadata) {
  /// Returns the event that a row holds.
  public static Event of(EventRow row) {
    String metadata = row.metadata();
    return new Event(
        row.offset(),
        row.key(),
        row.version(),
        row.command(),
        row.from(),
        row.to(),
        Json.trusted(row.input()),
        Instant.ofEpochMilli(row.at()),
        row.cause(),
        row.forced(),
        metadata == null ? null : Json.trusted(metadata));
  }

  /// Returns the machine's name.
  public String machine() {
    return instance.machine();
  }

  /// Returns the user's name of the instance.
  public String key() {
    return instance.key();
  }

  /// Returns the input as a value of a type; members that the type lacks are ignored.
  ///
  /// @throws dev.detent.FailedException INTERNAL if it does not fit
  /// @throws IllegalStateException if there was no input
  public <T> T as(Class<T> type) {
    Object value = Codec.standard().readStored(input, type);
    if (value == null) {
      throw new IllegalStateException(
          "event %s of %s: expected an input, got none; look at command() first"
              .formatted(offset, instance));
    }
    return type.cast(value);
  }
}
