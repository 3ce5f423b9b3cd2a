// SPDX-License-Identifier: Apache-2.0
package dev.detent;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// Says what went wrong: a code, a sentence for people, and members for programs.
///
/// A problem is a value: the engine passes it around, doors write it (RFC 9457), and
/// [DetentException] throws it.
///
/// @param code the row of the error table
/// @param detail a sentence: what was expected, what came, what to do
/// @param members further members in order, such as `machine`, `key`, `state`, `allowed`, `path`;
///   values are strings, numbers, booleans, lists and maps of these
public record Problem(ErrorCode code, String detail, Map<String, Object> members) {
  /// Copies the members, keeping their order.
  public Problem {
    members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
  }

  /// Returns a problem without further members.
  public static Problem of(ErrorCode code, String detail) {
    return new Problem(code, detail, Map.of());
  }

  /// Returns this problem with one more member, or with that member replaced.
  ///
  /// @param name the member's name
  /// @param value a string, number, boolean, list or map
  public Problem with(String name, Object value) {
    var more = new LinkedHashMap<>(members);
    more.put(name, value);
    return new Problem(code, detail, more);
  }

  /// Returns this problem with the members `machine` and `key`.
  public Problem at(Key key) {
    return with("machine", key.machine()).with("key", key.key());
  }

  /// Returns the exception that carries this problem.
  public DetentException exception() {
    return DetentException.of(this);
  }
}
