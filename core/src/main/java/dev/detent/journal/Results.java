// SPDX-License-Identifier: Apache-2.0
package dev.detent.journal;

import dev.detent.DetentException;
import dev.detent.codec.Codec;
import dev.detent.codec.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/// Writes and reads the values of a journal. What can't be written, or read back, stops the
/// invocation until the code is another one: to run the effect again would not help.
final class Results {
  private static final int LENGTH_MAX = 4 << 20;

  private final Attempt attempt;
  private final Codec codec;

  Results(Attempt attempt) {
    this.attempt = attempt;
    this.codec = attempt.assignment().machine().codec();
  }

  /// Returns a result as JSON that can be read back, or null for null.
  @Nullable String write(@Nullable Object value, Class<?> type, Wanted wanted) {
    if (value == null) {
      return null;
    }
    String which = wanted.shown() + ": expected a result that can be ";
    Json written;
    try {
      written = codec.write(value, type);
    } catch (JacksonException e) {
      String got = value.getClass().getName() + ": " + e.getOriginalMessage();
      throw attempt.mismatch(which + "written as JSON, got " + got);
    }
    if (written.text().length() > LENGTH_MAX) {
      throw attempt.mismatch(which + "kept, of at most " + LENGTH_MAX + " characters, got more");
    }
    try {
      Object _ = codec.readStored(written, type);
      return written.text();
    } catch (DetentException e) {
      throw attempt.mismatch(which + "read back, got " + e.getMessage());
    }
  }

  /// Returns the input of a command as JSON.
  ///
  /// @throws IllegalArgumentException if it can't be written, or is too long
  String input(@Nullable Object value) {
    try {
      String text = codec.write(value).text();
      if (text.length() > LENGTH_MAX) {
        throw new IllegalArgumentException(
            "input: expected at most " + LENGTH_MAX + " characters of JSON, got more");
      }
      return text;
    } catch (JacksonException e) {
      throw new IllegalArgumentException(
          "input: expected what can be written as JSON, got " + e.getOriginalMessage(), e);
    }
  }

  /// Reads a value.
  ///
  /// @param text the JSON, or null
  @Nullable Object read(@Nullable String text, Class<?> type, Wanted wanted) {
    try {
      return text == null ? null : codec.readStored(Json.trusted(text), type);
    } catch (DetentException e) {
      throw attempt.mismatch(
          wanted.shown() + ": expected a recorded " + type.getName() + ", got " + e.getMessage());
    }
  }

  /// Returns a value as what it is declared to be. A class of a primitive type can't cast, and the
  /// user's own code decides whether null is among its values.
  @SuppressWarnings({"unchecked", "NullAway"})
  static <T extends @Nullable Object> T as(Class<T> type, @Nullable Object value) {
    return (T) (type.isPrimitive() ? value : type.cast(value));
  }
}
