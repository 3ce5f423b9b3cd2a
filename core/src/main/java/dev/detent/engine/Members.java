// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.DetentException;
import dev.detent.ErrorCode;
import dev.detent.Key;
import dev.detent.Problem;
import dev.detent.codec.Json;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads the members of a message of another node, which [Fields] collected; unknown ones are
/// ignored.
///
/// **Errors**: every method throws a RefusedException BAD_REQUEST if what it is asked for is not
/// there, or is something else.
///
/// **Threads**: one.
final class Members {
  private final String what;
  private final Map<String, Json> members;

  private Members(String what, Map<String, Json> members) {
    this.what = what;
    this.members = members;
  }

  /// Reads an object.
  ///
  /// @param what how to call it in messages
  static Members of(String what, Json json) {
    if (!json.isObject()) {
      throw refused(what, "an object", json.text());
    }
    return new Members(what, json.members());
  }

  Json json(String name) {
    Json value = members.get(name);
    if (value == null) {
      throw refused(what, "a member '" + name + "'", "none");
    }
    return value;
  }

  boolean has(String name) {
    return members.containsKey(name);
  }

  Members group(String name) {
    return of(what + ", " + name, json(name));
  }

  String text(String name) {
    Json value = json(name);
    if (!value.isString()) {
      throw wrong(name, "a string");
    }
    return value.asString();
  }

  @Nullable String textOrNull(String name) {
    return has(name) ? text(name) : null;
  }

  long number(String name) {
    try {
      return Long.parseLong(json(name).text());
    } catch (NumberFormatException e) {
      throw wrong(name, "a whole number");
    }
  }

  int smallNumber(String name) {
    long number = number(name);
    if (number != (int) number) {
      throw wrong(name, "a whole number of 32 bits");
    }
    return (int) number;
  }

  boolean flag(String name) {
    return switch (json(name).text()) {
      case "true" -> true;
      case "false" -> false;
      default -> throw wrong(name, "true or false");
    };
  }

  Duration duration(String name) {
    try {
      return Duration.parse(text(name));
    } catch (DateTimeParseException e) {
      throw wrong(name, "a duration");
    }
  }

  <E extends Enum<E>> E word(String name, Class<E> type) {
    String word = text(name);
    for (E constant : type.getEnumConstants()) {
      if (constant.name().toLowerCase(Locale.ROOT).equals(word)) {
        return constant;
      }
    }
    throw wrong(
        name, "one of " + Arrays.toString(type.getEnumConstants()).toLowerCase(Locale.ROOT));
  }

  Key key() {
    return new Key(text("machine"), text("key"));
  }

  /// Returns what to throw for a member that is something else than expected.
  DetentException wrong(String name, String expected) {
    return refused(what + ", " + name, expected, json(name).text());
  }

  private static DetentException refused(String what, String expected, String got) {
    String shown = got.length() <= 80 ? got : got.substring(0, 77) + "...";
    String message =
        what + ": expected " + expected + ", got " + shown + "; run the same release on all nodes";
    return Problem.of(ErrorCode.BAD_REQUEST, message).exception();
  }
}
