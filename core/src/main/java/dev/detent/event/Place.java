// SPDX-License-Identifier: Apache-2.0
package dev.detent.event;

import dev.detent.Offset;
import org.jspecify.annotations.Nullable;

/// Marks a place in the lasting order of all events: that of an event, or any other.
///
/// Its text is two whole numbers with a dash between them, as Redis writes the ids of entries.
///
/// @param at milliseconds since 1970 UTC
/// @param number orders places of the same time
public record Place(long at, long number) implements Comparable<Place> {
  /// The place before all events.
  public static final Place FIRST = new Place(0, 0);

  /// The place after all events.
  public static final Place LAST = new Place(Long.MAX_VALUE, Long.MAX_VALUE);

  private static final int OFFSET_BITS = 40;

  /// Returns the place of an event.
  static Place of(long at, Offset event) {
    return new Place(at, ((long) event.partition() << OFFSET_BITS) | event.offset());
  }

  /// Reads a text, or returns null if it is no place. A number beyond the largest stands for that.
  ///
  /// @param text such as `1763814000123-5`, or only a time
  /// @param otherwise the number of a text that has none
  public static @Nullable Place parse(String text, long otherwise) {
    int dash = text.indexOf('-');
    long at = number(dash < 0 ? text : text.substring(0, dash));
    long number = dash < 0 ? otherwise : number(text.substring(dash + 1));
    return at < 0 || number < 0 ? null : new Place(at, number);
  }

  private static long number(String digits) {
    boolean good = !digits.isEmpty() && digits.length() <= 20;
    good = good && digits.chars().allMatch(c -> c >= '0' && c <= '9');
    try {
      return good ? Long.parseLong(digits) : -1;
    } catch (NumberFormatException e) {
      return good ? Long.MAX_VALUE : -1; // Redis's numbers have 64 bits without a sign
    }
  }

  /// Returns the place just before this one.
  public Place before() {
    if (number > 0) {
      return new Place(at, number - 1);
    }
    return at > 0 ? new Place(at - 1, Long.MAX_VALUE) : FIRST;
  }

  @Override
  public int compareTo(Place other) {
    int order = Long.compare(at, other.at);
    return order != 0 ? order : Long.compare(number, other.number);
  }

  @Override
  public String toString() {
    return at + "-" + number;
  }
}
