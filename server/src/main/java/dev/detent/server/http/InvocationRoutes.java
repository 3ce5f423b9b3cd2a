// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import dev.detent.Problem;
import dev.detent.codec.Json;
import dev.detent.engine.Invocations;
import dev.detent.engine.NodeView;
import dev.detent.engine.Request;
import dev.detent.server.door.InvocationViews;
import dev.detent.server.door.JsonWriter;
import dev.detent.store.InvocationRow;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Serves invocations: their list, journals, results, what may be done to them, and answers to what
/// they wait for; and the nodes that run them.
final class InvocationRoutes {
  /// The longest that a request for a result waits.
  private static final Duration WAIT_MAX = Duration.ofMinutes(10);

  private InvocationRoutes() {}

  static void list(Exchange exchange, Target target) {
    QueryText query = QueryText.parse(target.query());
    int limit = query.limit();
    String after = Pages.name(query.value("after"));
    InvocationRow.Status status = status(query.value("state"));
    Invocations invocations = exchange.shared().engine().invocations();
    exchange.work(() -> {
      var json = new JsonWriter(4_096).open('{').name("invocations");
      InvocationRow last =
          Pages.write(
              json,
              limit,
              (row, wanted) -> invocations.list(status, row == null ? after : row.id(), wanted),
              InvocationViews::row);
      json.name("next").string(last == null ? null : Pages.place(last.id())).close('}');
      return Document.json(json.toString());
    });
  }

  private static InvocationRow.@Nullable Status status(@Nullable String text) {
    if (text == null) {
      return null;
    }
    for (InvocationRow.Status status : InvocationRow.Status.values()) {
      if (InvocationViews.word(status).equals(text.toLowerCase(Locale.ROOT))) {
        return status;
      }
    }
    List<String> known =
        Arrays.stream(InvocationRow.Status.values()).map(InvocationViews::word).toList();
    throw Refusals.bad("state: expected one of " + known + ", got '" + text + "'");
  }

  static void read(Exchange exchange, Target target) {
    String id = target.segment(2);
    Invocations invocations = exchange.shared().engine().invocations();
    exchange.work(() -> {
      InvocationRow row = invocations.find(id);
      if (row == null) {
        throw missing(id).exception();
      }
      return Document.json(InvocationViews.whole(row, invocations.journal(row)));
    });
  }

  static void result(Exchange exchange, Target target) {
    Duration wait = QueryText.parse(target.query()).duration("wait");
    Duration patience = wait.compareTo(WAIT_MAX) > 0 ? WAIT_MAX : wait;
    exchange.submit(new Request.Await(target.segment(2), patience));
  }

  /// Returns what serves an action upon an invocation.
  static Route.Action control(Request.Action action) {
    return (exchange, target) -> exchange.submit(new Request.Control(target.segment(2), action));
  }

  static void signal(Exchange exchange, Target target) {
    String id = target.segment(2);
    String name = target.segment(4);
    body(exchange, value -> new Request.Signal(id, name, value));
  }

  static void resolve(Exchange exchange, Target target) {
    String id = target.segment(2);
    body(exchange, value -> new Request.Complete(id, value, null));
  }

  static void reject(Exchange exchange, Target target) {
    String id = target.segment(2);
    body(exchange, why -> new Request.Complete(id, Json.NULL, reason(why)));
  }

  private static void body(Exchange exchange, Function<Json, Request> request) {
    int bytesMax = exchange.shared().options().bodyBytesMax();
    Body.read(exchange, bytesMax, bytes -> exchange.submit(request.apply(Json.parseInput(bytes))));
  }

  /// Reads why something is rejected: a text, or an object with `message` or `reason`.
  private static String reason(Json why) {
    Json given = why;
    if (why.isObject()) {
      Map<String, Json> members = why.members();
      Json message = members.getOrDefault("message", members.get("reason"));
      given = Objects.requireNonNullElse(message, Json.NULL);
    }
    if (given.isString()) {
      return given.asString();
    }
    if (given.isNull()) {
      return "rejected";
    }
    throw Refusals.bad(
        "body: expected nothing, a text, or an object with 'message', got '"
            + (why.text().length() <= 80 ? why.text() : why.text().substring(0, 77) + "...")
            + "'");
  }

  static void nodes(Exchange exchange, Target target) {
    exchange.work(() -> {
      var json = new JsonWriter(512).open('{').name("nodes").open('[');
      for (NodeView node : exchange.shared().engine().nodes()) {
        InvocationViews.node(json, node);
      }
      json.close(']').name("next").string(null).close('}');
      return Document.json(json.toString());
    });
  }

  private static Problem missing(String id) {
    return Refusals.notFound(
            "invocation",
            "invocation: expected one that is kept, got '" + id + "'; see /api/invocations")
        .with("id", id);
  }
}
