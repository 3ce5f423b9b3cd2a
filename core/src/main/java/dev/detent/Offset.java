// SPDX-License-Identifier: Apache-2.0
package dev.detent;

import org.jspecify.annotations.Nullable;

/// Says where an event stands: its partition, and its place in that partition's order.
///
/// @param partition from 0
/// @param offset from 1, without gaps
public record Offset(int partition, long offset) {
  /// Returns the offset that [#toString] wrote, or null if the text is none.
  public static @Nullable Offset parse(String text) {
    int dash = text.indexOf('-');
    if (dash < 1 || dash > 9 || text.length() - dash > 19 || dash == text.length() - 1) {
      return null;
    }
    for (int i = 0; i < text.length(); i++) {
      if (i != dash && (text.charAt(i) < '0' || text.charAt(i) > '9')) {
        return null;
      }
    }
    return new Offset(
        Integer.parseInt(text.substring(0, dash)), Long.parseLong(text.substring(dash + 1)));
  }

  /// Returns `PARTITION-OFFSET`, which names the event: `3-17`.
  @Override
  public String toString() {
    return partition + "-" + offset;
  }
}
