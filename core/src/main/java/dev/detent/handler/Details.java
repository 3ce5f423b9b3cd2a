// SPDX-License-Identifier: Apache-2.0
package dev.detent.handler;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Copies the details of failures, which must be values that JSON can hold and give back.
final class Details {
  private static final int DEPTH_MAX = 32;

  private Details() {}

  /// Copies details.
  ///
  /// @throws IllegalArgumentException if there is something else among them
  static Map<String, Object> copy(Map<?, ?> details) {
    return map(details, "details", 0);
  }

  private static Map<String, Object> map(Map<?, ?> members, String where, int depth) {
    var copy = new LinkedHashMap<String, Object>();
    members.forEach((name, member) -> {
      String text = String.valueOf(name);
      Object value = value(member, where + "/" + text, depth + 1);
      if (value != null) {
        copy.put(text, value);
      }
    });
    return Collections.unmodifiableMap(copy);
  }

  private static List<Object> list(List<?> elements, String where, int depth) {
    var copy = new ArrayList<>();
    for (Object element : elements) {
      Object value = value(element, where + "/" + copy.size(), depth + 1);
      if (value != null) {
        copy.add(value);
      }
    }
    return Collections.unmodifiableList(copy);
  }

  private static @Nullable Object value(@Nullable Object value, String where, int depth) {
    if (depth > DEPTH_MAX) {
      throw wrong(where, "nesting of at most " + DEPTH_MAX, "more");
    }
    return switch (value) {
      case null -> null;
      case String text -> text;
      case Boolean truth -> truth;
      case Number number -> number;
      case Enum<?> constant -> constant.name();
      case Map<?, ?> members -> map(members, where, depth);
      case List<?> elements -> list(elements, where, depth);
      default ->
          throw wrong(where, "a string, number, boolean, list or map", value.getClass().getName());
    };
  }

  private static IllegalArgumentException wrong(String where, String expected, String got) {
    return new IllegalArgumentException(
        "failure " + where + ": expected " + expected + ", got " + got + "; write it as text");
  }
}
