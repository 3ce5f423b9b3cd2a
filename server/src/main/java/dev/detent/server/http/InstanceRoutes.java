// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import dev.detent.Key;
import dev.detent.Problem;
import dev.detent.codec.Json;
import dev.detent.engine.Precondition;
import dev.detent.engine.Request;
import dev.detent.machine.Machine;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Serves one instance: commands, sends, reads, queries. This is the hot path.
///
/// **Threads**: for its event loop.
final class InstanceRoutes {
  /// The routes that this class serves, as the OpenAPI document spells them.
  static final List<String> TEMPLATES =
      List.of(
          "GET /{machine}/{key}",
          "GET /{machine}/{key}/history",
          "GET /{machine}/{key}/{name}",
          "POST /{machine}/{key}/{name}",
          "POST /{machine}/{key}/{command}/send");

  private static final String READS = "GET, HEAD";
  private static final int TOKEN_BYTES_MAX = 255;

  private InstanceRoutes() {}

  /// Serves a path of two to four segments.
  static void handle(Exchange exchange, Target target) {
    Machine machine = exchange.shared().engine().machines().get(target.segment(0));
    var key = new Key(target.segment(0), target.segment(1));
    if (machine == null) {
      exchange.refuse(Refusals.machine(key.machine()));
    } else if (target.count() == 2) {
      read(exchange, target, key);
    } else if (target.count() == 3) {
      third(exchange, target, machine, key);
    } else if (target.segment(3).equals("send")) {
      fourth(exchange, target, machine, key);
    } else {
      exchange.refuse(Refusals.path(target.path()));
    }
  }

  private static void read(Exchange exchange, Target target, Key key) {
    if (!exchange.method().equals(HttpMethod.GET)) {
      exchange.refuseMethod(READS);
    } else if (isStale(target)) {
      exchange.work(
          () -> exchange.shared().engine().instances().read(key),
          found -> exchange.guard(() -> Replies.found(exchange, found)));
    } else {
      exchange.submit(new Request.Read(key));
    }
  }

  private static boolean isStale(Target target) {
    String asked =
        target.query().isEmpty() ? null : QueryText.parse(target.query()).value("consistency");
    if (asked != null && !asked.equals("stale")) {
      throw Refusals.bad(
          "consistency: expected stale, got '" + asked + "'; leave it out for the last commit");
    }
    return asked != null;
  }

  private static void third(Exchange exchange, Target target, Machine machine, Key key) {
    String name = target.segment(2);
    boolean reads = name.equals("history") || machine.queries().containsKey(name);
    boolean get = exchange.method().equals(HttpMethod.GET);
    if (exchange.method().equals(HttpMethod.POST)
        && (!reads || machine.commands().contains(name))) {
      call(exchange, target, key);
    } else if (get && name.equals("history")) {
      EventRoutes.history(exchange, target, key);
    } else if (get && reads) {
      exchange.submit(new Request.Ask(key, name));
    } else if (reads || machine.commands().contains(name)) {
      exchange.refuseMethod(reads ? READS : "POST");
    } else {
      exchange.refuse(unknown(key, name));
    }
  }

  private static void fourth(Exchange exchange, Target target, Machine machine, Key key) {
    String name = target.segment(2);
    if (exchange.method().equals(HttpMethod.POST)) {
      send(exchange, target, key);
    } else if (machine.commands().contains(name)) {
      exchange.refuseMethod("POST");
    } else {
      exchange.refuse(unknown(key, name));
    }
  }

  private static void call(Exchange exchange, Target target, Key key) {
    if (!target.query().isEmpty() && QueryText.parse(target.query()).value("delay") != null) {
      throw Refusals.bad("delay: expected it with /send only, got it with a call; add /send");
    }
    String command = target.segment(2);
    String token = token(exchange);
    Precondition precondition = Preconditions.parse(exchange.header(HttpHeaders.IF_MATCH));
    int bytesMax = exchange.shared().options().bodyBytesMax();
    Body.read(
        exchange,
        bytesMax,
        bytes -> {
          Json input = Json.parseInput(bytes);
          exchange.submit(new Request.Call(key, command, input, token, precondition));
        });
  }

  private static void send(Exchange exchange, Target target, Key key) {
    Duration delay = QueryText.parse(target.query()).delay();
    if (exchange.header(HttpHeaders.IF_MATCH) != null) {
      throw Refusals.bad("If-Match: expected it with a call only, got it with /send; leave it out");
    }
    String command = target.segment(2);
    String token = token(exchange);
    int bytesMax = exchange.shared().options().bodyBytesMax();
    Body.read(
        exchange,
        bytesMax,
        bytes -> {
          Json input = Json.parseInput(bytes);
          exchange.submit(new Request.Send(key, command, input, token, delay));
        });
  }

  private static @Nullable String token(Exchange exchange) {
    String raw = exchange.header(Wire.IDEMPOTENCY_KEY);
    if (raw == null) {
      return null;
    }
    if (raw.isEmpty() || raw.getBytes(StandardCharsets.ISO_8859_1).length > TOKEN_BYTES_MAX) {
      throw Refusals.bad(
          "Idempotency-Key: expected 1 to 255 bytes, got " + raw.length() + "; choose another");
    }
    return Percent.header(raw);
  }

  private static Problem unknown(Key key, String name) {
    return Refusals.notFound(
            "command", key.machine() + ": expected one of its commands, got '" + name + "'")
        .at(key);
  }
}
