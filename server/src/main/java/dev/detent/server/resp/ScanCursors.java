// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Remembers where scans stand, since a cursor must be a number. One that is forgotten begins anew,
/// so that a scan may see a key twice, but misses none.
///
/// **Threads**: safe for any number of threads.
final class ScanCursors {
  private static final int CURSORS_MAX = 10_000;

  private final Map<Long, String> places =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, String> eldest) {
          return size() > CURSORS_MAX;
        }
      };
  private long last = System.currentTimeMillis() << 8;

  /// Remembers after which key to go on, and returns the cursor for it.
  synchronized long after(String key) {
    places.put(++last, key);
    return last;
  }

  /// Returns after which key to go on, or null for the beginning.
  synchronized @Nullable String find(long cursor) {
    return places.get(cursor);
  }
}
