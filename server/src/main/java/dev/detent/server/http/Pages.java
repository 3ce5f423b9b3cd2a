// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import dev.detent.DetentException;
import dev.detent.server.door.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// Writes lists page by page: `{"NAME":[…],"next":…}`.
///
/// Rows are fetched in slices, and a page ends early where it has grown large, so that a list of
/// large rows does not fill the memory.
final class Pages {
  private static final int SLICE = 50;
  private static final int PAGE_CHARS_MAX = 8 << 20;

  private Pages() {}

  /// Fetches rows after one.
  ///
  /// @param <T> the rows
  @FunctionalInterface
  interface Source<T> {
    /// Returns rows in order.
    ///
    /// @param last the row after which to go on, or null at the start of the page
    /// @param limit at most so many
    List<T> after(@Nullable T last, int limit);
  }

  /// Writes the rows of a page as an array, and returns the last row if there are more, else null.
  static <T> @Nullable T write(
      JsonWriter json, int limit, Source<T> source, BiConsumer<JsonWriter, T> view) {
    json.open('[');
    T last = null;
    int left = limit;
    boolean more = true;
    while (more && left > 0 && json.length() < PAGE_CHARS_MAX) {
      int wanted = Math.min(left, SLICE);
      List<T> rows = source.after(last, wanted);
      rows.forEach(row -> view.accept(json, row));
      last = rows.isEmpty() ? last : rows.get(rows.size() - 1);
      left -= rows.size();
      more = rows.size() == wanted;
    }
    json.close(']');
    return more && !source.after(last, 1).isEmpty() ? last : null;
  }

  /// Makes an opaque place of a name.
  static String place(String name) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(name.getBytes(StandardCharsets.UTF_8));
  }

  /// Returns the name that [#place] was made of, or null for null.
  ///
  /// @throws dev.detent.RefusedException BAD_REQUEST if it is no such place
  static @Nullable String name(@Nullable String place) {
    if (place == null) {
      return null;
    }
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(place);
      String name = new String(bytes, StandardCharsets.UTF_8);
      if (bytes.length > 0 && place(name).equals(place)) {
        return name;
      }
      throw bad(place);
    } catch (IllegalArgumentException e) {
      throw bad(place);
    }
  }

  static DetentException bad(String place) {
    return Refusals.bad("after: expected the 'next' of an earlier page, got '" + place + "'");
  }
}
