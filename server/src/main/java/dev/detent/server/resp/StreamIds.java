// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import dev.detent.Offset;
import dev.detent.event.Cursor;
import dev.detent.store.EventRow;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Remembers at which places of the log answers ended, by the id of their last entry.
///
/// An entry's id is its event's time and, as its second number, its partition and offset. Clients
/// go on after an id. Events of several partitions are not committed in the order of their times,
/// so an id alone can't say what was seen; what is remembered here can. An id that is forgotten, or
/// is of another run of the server, stands for its place in the order of times.
///
/// **Threads**: safe for any number of threads.
final class StreamIds {
  private static final int PLACES_MAX = 10_000;
  private static final int OFFSET_BITS = 40;

  private final Map<String, Cursor> places =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Cursor> eldest) {
          return size() > PLACES_MAX;
        }
      };

  /// Is an id: a time and a number.
  ///
  /// @param ms milliseconds since 1970 UTC
  /// @param number orders entries of the same time
  record Id(long ms, long number) implements Comparable<Id> {
    static final Id FIRST = new Id(0, 0);
    static final Id LAST = new Id(Long.MAX_VALUE, Long.MAX_VALUE);

    /// Returns the id of an event.
    static Id of(EventRow event) {
      Offset offset = event.offset();
      return new Id(event.at(), ((long) offset.partition() << OFFSET_BITS) | offset.offset());
    }

    /// Reads an id, or returns null if it is none.
    ///
    /// @param otherwise the number of one that has none
    static @Nullable Id parse(String text, long otherwise) {
      int dash = text.indexOf('-');
      long ms = number(dash < 0 ? text : text.substring(0, dash));
      long number = dash < 0 ? otherwise : number(text.substring(dash + 1));
      return ms < 0 || number < 0 ? null : new Id(ms, number);
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

    int partition() {
      return (int) Math.min(Integer.MAX_VALUE, number >>> OFFSET_BITS);
    }

    long offset() {
      return number & ((1L << OFFSET_BITS) - 1);
    }

    @Override
    public int compareTo(Id other) {
      int order = Long.compare(ms, other.ms);
      return order != 0 ? order : Long.compare(number, other.number);
    }

    @Override
    public String toString() {
      return ms + "-" + number;
    }
  }

  /// Remembers where an answer ended.
  synchronized void ended(String machine, Id last, Cursor cursor) {
    places.put(machine + " " + last, cursor);
  }

  /// Returns where the answer ended whose last entry had an id, or null if that is not known.
  synchronized @Nullable Cursor find(String machine, Id last) {
    return places.get(machine + " " + last);
  }
}
