// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import dev.detent.event.Cursor;
import dev.detent.event.EventLog;
import org.jspecify.annotations.Nullable;

/// Reads the events of all machines or of one.
final class LogFeed implements Feed {
  private final EventLog log;
  private final @Nullable String machine;
  private Cursor cursor;

  LogFeed(EventLog log, @Nullable String machine, Cursor cursor) {
    this.log = log;
    this.machine = machine;
    this.cursor = cursor;
  }

  @Override
  public EventLog.Page read(int limit) {
    EventLog.Page page = log.read(machine, cursor, limit);
    cursor = page.next();
    return page;
  }

  @Override
  public boolean await(long ms) throws InterruptedException {
    return log.await(cursor, ms);
  }

  @Override
  public Cursor cursor() {
    return cursor;
  }
}
