// SPDX-License-Identifier: Apache-2.0
package dev.detent.codec;

/// Walks over the members of an object in compact text that is known to be JSON.
///
/// **Threads**: one.
final class MemberCursor {
  private final String text;
  private int at = 1;
  private int nameStart;
  private int valueStart;
  private int valueEnd;

  MemberCursor(String text) {
    this.text = text;
  }

  /// Goes to the next member, if there is one.
  boolean next() {
    if (text.charAt(at) == '}') {
      return false;
    }
    nameStart = at;
    valueStart = JsonText.stringEnd(text, at) + 1;
    valueEnd = JsonText.valueEnd(text, valueStart);
    at = text.charAt(valueEnd) == ',' ? valueEnd + 1 : valueEnd;
    return true;
  }

  /// Returns the member's name.
  String name() {
    return JsonText.unescape(text, nameStart + 1, valueStart - 2);
  }

  /// Returns the member's value as text.
  String value() {
    return text.substring(valueStart, valueEnd);
  }

  /// Appends the member with another value.
  void append(StringBuilder out, String value) {
    separate(out).append(text, nameStart, valueStart).append(value);
  }

  /// Appends the member as it is.
  void append(StringBuilder out) {
    separate(out).append(text, nameStart, valueEnd);
  }

  private static StringBuilder separate(StringBuilder out) {
    return out.length() > 1 ? out.append(',') : out;
  }
}
