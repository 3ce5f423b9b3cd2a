// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import dev.detent.Offset;
import dev.detent.Problem;
import dev.detent.codec.Json;
import dev.detent.engine.Engine;
import dev.detent.event.ConsumerView;
import dev.detent.event.Consumers;
import dev.detent.event.Cursor;
import dev.detent.event.DeadLetter;
import dev.detent.server.door.JsonWriter;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// Serves consumers: where they stand, what may be done to them, and the events that they gave up
/// on.
final class ConsumerRoutes {
  private static final String PLACES =
      "{\"to\": \"beginning\", \"now\" or a time}, {\"after\": the 'next' of the feed}, or"
          + " {\"partition\": …, \"offset\": …}";

  private ConsumerRoutes() {}

  static void list(Exchange exchange, Target target) {
    QueryText query = QueryText.parse(target.query());
    int limit = query.limit();
    String after = Pages.name(query.value("after"));
    Engine engine = exchange.shared().engine();
    exchange.work(() -> {
      List<ConsumerView> all = engine.consumers().all();
      var json = new JsonWriter(4_096).open('{').name("consumers");
      ConsumerView last =
          Pages.write(
              json,
              limit,
              (row, wanted) -> above(all, row == null ? after : row.name(), wanted),
              (writer, row) -> ConsumerViews.consumer(writer, row, engine.eventRetention()));
      json.name("next").string(last == null ? null : Pages.place(last.name())).close('}');
      return Document.json(json.toString());
    });
  }

  private static List<ConsumerView> above(
      List<ConsumerView> all, @Nullable String after, int limit) {
    return all.stream()
        .filter(row -> after == null || row.name().compareTo(after) > 0)
        .limit(limit)
        .toList();
  }

  static void read(Exchange exchange, Target target) {
    Engine engine = exchange.shared().engine();
    exchange.work(() -> view(engine, target.segment(2)));
  }

  private static Document view(Engine engine, String name) {
    ConsumerView view = engine.consumers().find(name);
    if (view == null) {
      throw missing(name).exception();
    }
    var json = new JsonWriter(1_024);
    ConsumerViews.consumer(json, view, engine.eventRetention());
    return Document.json(json.toString());
  }

  /// Returns what serves an action upon a consumer that needs no body.
  static Route.Action control(BiConsumer<Consumers, String> action) {
    return (exchange, target) -> {
      Engine engine = exchange.shared().engine();
      exchange.work(() -> {
        action.accept(engine.consumers(), target.segment(2));
        return view(engine, target.segment(2));
      });
    };
  }

  static void remove(Exchange exchange, Target target) {
    String name = target.segment(2);
    Consumers consumers = exchange.shared().engine().consumers();
    exchange.work(() -> {
      consumers.remove(name);
      return done("name", name, "removed");
    });
  }

  static void reset(Exchange exchange, Target target) {
    String name = target.segment(2);
    Engine engine = exchange.shared().engine();
    Body.read(
        exchange,
        exchange.shared().options().bodyBytesMax(),
        bytes -> {
          Json body = Json.parseInput(bytes);
          exchange.work(() -> {
            reset(engine, name, body);
            return view(engine, name);
          });
        });
  }

  private static void reset(Engine engine, String name, Json body) {
    Map<String, Json> members = body.isObject() ? body.members() : Map.of();
    Json to = members.get("to");
    Json after = members.get("after");
    if (members.size() == 1 && to != null && to.isString()) {
      engine.consumers().reset(name, cursor(engine, to.asString()));
    } else if (members.size() == 1 && after != null && after.isString()) {
      Cursor cursor = Cursor.parse(after.asString());
      if (cursor == null) {
        throw Refusals.bad("after: expected a 'next' of the feed, got '" + after.asString() + "'");
      }
      engine.consumers().reset(name, cursor);
    } else if (members.size() == 2) {
      long partition = number(members.get("partition"));
      long offset = number(members.get("offset"));
      engine.consumers().reset(name, new Offset((int) Math.min(partition, 1 << 20), offset));
    } else {
      throw Refusals.bad("body: expected " + PLACES + ", got something else");
    }
  }

  private static Cursor cursor(Engine engine, String to) {
    try {
      return switch (to) {
        case "beginning" -> Cursor.START;
        case "now" -> engine.events().end();
        default -> engine.events().before(Instant.parse(to));
      };
    } catch (DateTimeException e) {
      throw Refusals.bad("to: expected beginning, now or a time in ISO-8601, got '" + to + "'");
    }
  }

  private static long number(@Nullable Json json) {
    long number = json == null ? -1 : QueryText.digits(json.text());
    if (number < 0) {
      throw Refusals.bad("body: expected " + PLACES + ", got something else");
    }
    return number;
  }

  static void deadLetters(Exchange exchange, Target target) {
    QueryText query = QueryText.parse(target.query());
    int limit = query.limit();
    String name = target.segment(2);
    Offset after = place(Pages.name(query.value("after")));
    Consumers consumers = exchange.shared().engine().consumers();
    exchange.work(() -> {
      var json = new JsonWriter(4_096).open('{').name("deadLetters");
      DeadLetter last =
          Pages.write(
              json,
              limit,
              (row, wanted) ->
                  consumers.deadLetters(name, row == null ? after : row.event().offset(), wanted),
              ConsumerViews::letter);
      String next = last == null ? null : Pages.place(last.event().offset().toString());
      json.name("next").string(next).close('}');
      return Document.json(json.toString());
    });
  }

  private static @Nullable Offset place(@Nullable String text) {
    if (text == null) {
      return null;
    }
    Offset offset = Offset.parse(text);
    if (offset == null) {
      throw Pages.bad(text);
    }
    return offset;
  }

  static void retry(Exchange exchange, Target target) {
    String name = target.segment(2);
    Offset event = event(target);
    Consumers consumers = exchange.shared().engine().consumers();
    exchange.work(() -> {
      consumers.retry(name, event);
      Document done = done("id", event.toString(), "retrying");
      return new Document(202, done.type(), done.body());
    });
  }

  static void discard(Exchange exchange, Target target) {
    String name = target.segment(2);
    Offset event = event(target);
    Consumers consumers = exchange.shared().engine().consumers();
    exchange.work(() -> {
      consumers.discard(name, event);
      return done("id", event.toString(), "discarded");
    });
  }

  private static Offset event(Target target) {
    Offset event = Offset.parse(target.segment(4));
    if (event == null) {
      throw Refusals.bad(
          "id: expected that of an event, such as 3-17, got '" + target.segment(4) + "'");
    }
    return event;
  }

  private static Document done(String name, String value, String what) {
    var json = new JsonWriter().open('{').name(name).string(value);
    return Document.json(json.name(what).raw("true").close('}').toString());
  }

  private static Problem missing(String name) {
    return Refusals.notFound(
            "consumer",
            "consumer: expected one that has run, got '" + name + "'; see /api/consumers")
        .with("consumer", name);
  }
}
