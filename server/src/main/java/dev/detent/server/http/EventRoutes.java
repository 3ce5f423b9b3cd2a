// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import dev.detent.Key;
import dev.detent.Offset;
import dev.detent.engine.Engine;
import dev.detent.event.Cursor;
import dev.detent.event.EventLog;
import dev.detent.server.door.JsonWriter;
import dev.detent.server.door.Views;
import dev.detent.store.EventRow;
import io.vertx.core.http.HttpHeaders;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Serves events: the history of an instance, and the feed of all, as pages and live.
final class EventRoutes {
  /// How long a page may look for the events of one machine among those of others: 1 s.
  private static final long PAGE_NANOS_MAX = 1_000_000_000;

  private EventRoutes() {}

  static void history(Exchange exchange, Target target, Key key) {
    QueryText query = QueryText.parse(target.query());
    int limit = query.limit();
    long after = version(query.value("after"));
    EventLog log = exchange.shared().engine().events();
    exchange.work(() -> {
      var json = new JsonWriter(4_096).open('{').name("events");
      EventRow last =
          Pages.write(
              json,
              limit,
              (row, wanted) -> log.history(key, row == null ? after : row.version(), wanted),
              Views::event);
      json.name("next").string(last == null ? null : Long.toString(last.version())).close('}');
      return Document.json(json.toString());
    });
  }

  static void feed(Exchange exchange, Target target) {
    QueryText query = QueryText.parse(target.query());
    boolean live = !exchange.isHead() && isLive(exchange.header(HttpHeaders.ACCEPT));
    String resumed = live ? exchange.header(Wire.LAST_EVENT_ID) : null;
    String after = resumed == null || resumed.isEmpty() ? query.value("after") : resumed;
    int limit = query.limit();
    Engine engine = exchange.shared().engine();
    Feed feed = feed(engine, query, after);
    if (live) {
      // While it still can be refused: a stream that has begun can only break off.
      exchange.work(
          () -> {
            engine.events().requireKnown(feed.cursor());
            return feed;
          },
          known -> EventStream.open(exchange, known));
    } else {
      exchange.work(() -> page(feed, limit));
    }
  }

  private static Feed feed(Engine engine, QueryText query, @Nullable String after) {
    String machine = query.value("machine");
    String name = query.value("key");
    if (machine != null && !engine.machines().containsKey(machine)) {
      throw Refusals.machine(machine).exception();
    }
    Cursor cursor = cursor(after, machine != null && name != null);
    if (name == null) {
      return new LogFeed(engine.events(), machine, cursor);
    }
    if (machine == null) {
      throw Refusals.bad("key: expected it together with machine, got it alone; add machine");
    }
    return new KeyFeed(engine.events(), new Key(machine, name), cursor);
  }

  private static Cursor cursor(@Nullable String text, boolean mayBeId) {
    if (text == null) {
      return Cursor.START;
    }
    Offset offset = mayBeId ? Offset.parse(text) : null;
    Cursor cursor = offset == null ? Cursor.parse(text) : Cursor.after(offset);
    if (cursor == null) {
      throw Refusals.bad(
          "after: expected a 'next' of the feed or an SSE id (an event's id only together with"
              + " machine and key), got '"
              + text
              + "'");
    }
    return cursor;
  }

  private static Document page(Feed feed, int limit) {
    var json = new JsonWriter(4_096).open('{').name("events").open('[');
    long deadline = System.nanoTime() + PAGE_NANOS_MAX;
    int left = limit;
    Cursor before = null;
    while (left > 0
        && !feed.cursor().equals(before)
        && json.length() < Feed.PAGE_CHARS_MAX
        && System.nanoTime() - deadline < 0) {
      before = feed.cursor();
      EventLog.Page page = feed.read(Math.min(left, Feed.SLICE));
      page.events().forEach(event -> Views.event(json, event));
      left -= page.events().size();
    }
    json.close(']').name("next").string(feed.cursor().toString()).close('}');
    return Document.json(json.toString());
  }

  private static boolean isLive(@Nullable String accept) {
    return accept != null && accept.toLowerCase(Locale.ROOT).contains("text/event-stream");
  }

  private static long version(@Nullable String after) {
    long version = after == null ? 0 : QueryText.digits(after);
    if (version < 0) {
      throw Pages.bad(String.valueOf(after));
    }
    return version;
  }
}
