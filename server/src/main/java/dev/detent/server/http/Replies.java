// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import dev.detent.Problem;
import dev.detent.engine.Instance;
import dev.detent.engine.Reply;
import dev.detent.engine.Request;
import dev.detent.machine.Machine;
import dev.detent.server.door.InvocationViews;
import dev.detent.server.door.JsonWriter;
import dev.detent.server.door.Views;
import io.vertx.core.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/// Writes the engine's replies.
final class Replies {
  private Replies() {}

  static void write(Exchange exchange, Reply reply) {
    switch (reply) {
      case Reply.Done done -> done(exchange, done);
      case Reply.Accepted accepted -> accepted(exchange, accepted);
      case Reply.Found found -> found(exchange, found);
      case Reply.Standing standing -> standing(exchange, standing);
      case Reply.Answer answer -> exchange.send(200, Wire.JSON, answer.output().text());
      case Reply.Refused refused -> refused(exchange, refused);
    }
  }

  private static void done(Exchange exchange, Reply.Done done) {
    exchange
        .with(Wire.ID, done.id())
        .with(Wire.STATE, exchange.loop().stateHeader(done.state()))
        .with(Wire.VERSION, Long.toString(done.version()));
    replayed(exchange, done.replayed());
    exchange.send(200, Wire.JSON, done.output().text());
  }

  private static void accepted(Exchange exchange, Reply.Accepted accepted) {
    exchange.with(Wire.ID, accepted.id());
    replayed(exchange, accepted.previously());
    String status = accepted.previously() ? "previously-accepted" : "accepted";
    String body =
        new JsonWriter()
            .open('{')
            .name("id")
            .string(accepted.id())
            .name("status")
            .string(status)
            .close('}')
            .toString();
    exchange.send(202, Wire.JSON, body);
  }

  /// Answers what was asked of an invocation.
  private static void standing(Exchange exchange, Reply.Standing standing) {
    if (exchange.asked() instanceof Request.Await) {
      exchange.with(Wire.ID, standing.id());
      exchange.send(202, Wire.JSON, InvocationViews.standing(standing));
    } else {
      var json = new JsonWriter().open('{');
      json.name("id").string(standing.id());
      json.name("action").string(action(exchange.asked()));
      json.name("changed").raw(Boolean.toString(standing.changed()));
      json.name("state").string(InvocationViews.word(standing.status())).close('}');
      exchange.send(200, Wire.JSON, json.toString());
    }
  }

  private static String action(@Nullable Request asked) {
    return switch (asked) {
      case Request.Control control -> InvocationViews.word(control.action());
      case Request.Complete complete -> complete.rejection() == null ? "resolve" : "reject";
      case Request.Signal _ -> "signal";
      case null, default -> throw new IllegalStateException("not asked of an invocation");
    };
  }

  static void found(Exchange exchange, Reply.Found found) {
    Instance instance = found.instance();
    Machine machine = exchange.shared().engine().machines().get(instance.key().machine());
    if (machine == null) {
      exchange.refuse(Refusals.machine(instance.key().machine()));
      return;
    }
    exchange.with(HttpHeaders.ETAG, "\"" + instance.version() + "\"");
    var json = new JsonWriter(384 + instance.value().json().text().length());
    Views.instance(json, instance, found.running(), machine);
    exchange.send(200, Wire.JSON, json.toString());
  }

  private static void refused(Exchange exchange, Reply.Refused refused) {
    replayed(exchange, refused.replayed());
    Problem problem = refused.problem();
    String id = refused.id();
    if (id != null) {
      exchange.with(Wire.ID, id);
      problem = problem.members().containsKey("id") ? problem : problem.with("id", id);
    }
    exchange.refuse(problem);
  }

  private static void replayed(Exchange exchange, boolean replayed) {
    if (replayed) {
      exchange.with(Wire.REPLAYED, Wire.TRUE);
    }
  }
}
