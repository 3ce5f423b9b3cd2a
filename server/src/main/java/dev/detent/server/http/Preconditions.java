// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import dev.detent.engine.Precondition;
import org.jspecify.annotations.Nullable;

/// Reads `If-Match`: `"VERSION"` or `*`.
final class Preconditions {
  private Preconditions() {}

  /// Reads the header's value.
  ///
  /// @param text the value, or null if the header is not there
  /// @throws dev.detent.RefusedException BAD_REQUEST for lists, weak and other entity tags
  static Precondition parse(@Nullable String text) {
    if (text == null) {
      return Precondition.NONE;
    }
    String tag = text.strip();
    if (tag.equals("*")) {
      return Precondition.EXISTS;
    }
    int end = tag.length() - 1;
    boolean quoted = end > 0 && tag.charAt(0) == '"' && tag.charAt(end) == '"';
    long version = quoted ? QueryText.digits(tag.substring(1, end)) : -1;
    if (version < 0) {
      throw Refusals.bad("If-Match: expected \"VERSION\" or *, got '" + text + "'");
    }
    return new Precondition.Version(version);
  }
}
