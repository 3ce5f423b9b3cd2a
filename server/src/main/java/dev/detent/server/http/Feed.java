// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import dev.detent.event.Cursor;
import dev.detent.event.EventLog;

/// Reads events in order and remembers where it stands.
///
/// **Threads**: for one thread at a time; its methods block.
sealed interface Feed permits KeyFeed, LogFeed {
  /// How many events are read at once.
  int SLICE = 50;

  /// Where a page has grown large enough, in characters.
  int PAGE_CHARS_MAX = 8 << 20;

  /// Returns the next events and moves behind them; none if it stands at the end.
  ///
  /// @param limit at most so many
  EventLog.Page read(int limit);

  /// Waits until there may be more, or the time is over.
  ///
  /// @return whether there may be more
  boolean await(long ms) throws InterruptedException;

  /// Returns where it stands.
  Cursor cursor();
}
