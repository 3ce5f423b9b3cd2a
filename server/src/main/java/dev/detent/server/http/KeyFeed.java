// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import dev.detent.Key;
import dev.detent.event.Cursor;
import dev.detent.event.EventLog;
import dev.detent.store.EventRow;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Reads the events of one instance by their versions, so that the rest of the log costs nothing.
final class KeyFeed implements Feed {
  private static final long PAUSE_MS = 20;

  private final EventLog log;
  private final Key key;
  private Cursor cursor;
  private Cursor end = Cursor.START;
  private long version = -1;

  KeyFeed(EventLog log, Key key, Cursor cursor) {
    this.log = log;
    this.key = key;
    this.cursor = cursor;
  }

  @Override
  public EventLog.Page read(int limit) {
    end = log.end();
    if (version < 0) {
      log.requireKnown(cursor);
      version = versionAtCursor();
    }
    List<EventRow> events = log.history(key, version, limit);
    var cursors = new ArrayList<Cursor>(events.size());
    for (EventRow event : events) {
      cursor = cursor.with(event.offset().partition(), event.offset().offset());
      cursors.add(cursor);
      version = event.version();
    }
    return new EventLog.Page(events, cursors, cursor);
  }

  /// Waits for any event at all, but not less than a short pause, since most are of other keys.
  @Override
  public boolean await(long ms) throws InterruptedException {
    boolean more = log.await(end, ms);
    if (more) {
      TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
    }
    return more;
  }

  @Override
  public Cursor cursor() {
    return cursor;
  }

  /// Returns the version of the instance's last event that the cursor is not before, 0 for none:
  /// versions and offsets of one instance grow together.
  private long versionAtCursor() {
    long seen = 0;
    long step = 1;
    while (isSeen(seen + step)) {
      seen += step;
      step *= 2;
    }
    for (; step > 0; step /= 2) {
      if (isSeen(seen + step)) {
        seen += step;
      }
    }
    return seen;
  }

  private boolean isSeen(long candidate) {
    EventRow event = event(candidate);
    return event != null && event.offset().offset() <= cursor.offset(event.offset().partition());
  }

  private @Nullable EventRow event(long candidate) {
    List<EventRow> rows = log.history(key, candidate - 1, 1);
    return rows.isEmpty() ? null : rows.get(0);
  }
}
