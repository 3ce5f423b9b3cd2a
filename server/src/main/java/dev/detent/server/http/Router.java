// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import dev.detent.ErrorCode;
import dev.detent.Names;
import dev.detent.Problem;
import dev.detent.engine.Request;
import dev.detent.event.Consumers;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Takes every request of one event loop and hands it to what serves it.
///
/// **Threads**: for its event loop.
final class Router implements Handler<HttpServerRequest> {
  private static final List<Route> ROUTES = routes();

  private static final long SURPLUS_MS_MAX = 1_000;

  private final Loop loop;
  private final @Nullable BearerToken token;
  private final @Nullable String noopPath;
  private final int pathBytesMax;

  Router(Loop loop) {
    this.loop = loop;
    HttpOptions options = loop.shared().options();
    token = options.token() == null ? null : new BearerToken(options.token());
    noopPath = options.noopPath();
    pathBytesMax = options.pathBytesMax();
  }

  /// Returns the routes as the OpenAPI document spells them: `GET /health`.
  static List<String> templates() {
    var templates = new ArrayList<>(InstanceRoutes.TEMPLATES);
    ROUTES.forEach(route -> templates.add(route.method().name() + " " + route.template()));
    return templates;
  }

  /// Serves a request; first it waits until the connection's earlier answers are taken, so that a
  /// client that only asks and never reads can't fill the memory.
  @Override
  public void handle(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    if (!response.writeQueueFull()) {
      serve(request);
      return;
    }
    request.pause();
    response.drainHandler(v -> {
      response.drainHandler(null);
      serve(request);
      request.resume();
    });
  }

  /// Refuses what is not HTTP.
  void handleInvalid(HttpServerRequest request) {
    Throwable fault = request.decoderResult().cause();
    var exchange = new Exchange(loop, request);
    exchange.with(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    if (fault instanceof TooLongHttpLineException) {
      exchange.refuse(tooLong());
    } else if (fault instanceof TooLongHttpHeaderException) {
      exchange.refuse(headersTooLarge());
    } else {
      exchange.refuse(
          Refusals.bad("request: expected HTTP/1.1, got something malformed").problem());
    }
  }

  private void serve(HttpServerRequest request) {
    var exchange = new Exchange(loop, request);
    try {
      Presence presence = loop.presence(request.connection());
      if (presence != null && presence.surplus()) {
        exchange.with(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        exchange.refuse(Refusals.overloaded("connections"));
        var _ = request.connection().shutdown(SURPLUS_MS_MAX, TimeUnit.MILLISECONDS);
      } else if (noopPath != null && noopPath.equals(request.uri())) {
        exchange.send(200, Wire.JSON, "{}");
      } else {
        route(exchange, request);
      }
    } catch (RuntimeException e) {
      exchange.refuse(Refusals.of(e));
    }
  }

  private void route(Exchange exchange, HttpServerRequest request) {
    String uri = request.uri();
    if (uri.length() > pathBytesMax) {
      exchange.refuse(tooLong());
      return;
    }
    if (request.version() == null) {
      throw Refusals.bad("version: expected HTTP/1.0, HTTP/1.1 or HTTP/2, got another");
    }
    if (token != null
        && !isOpen(uri)
        && !token.isIn(request.getHeader(HttpHeaders.AUTHORIZATION))) {
      exchange.refuse(unauthorized());
      return;
    }
    Target target = Target.parse(uri);
    boolean ofInstance = target.count() >= 2 && target.count() <= 4;
    if (ofInstance && !Names.RESERVED_MACHINES.contains(target.segment(0))) {
      InstanceRoutes.handle(exchange, target);
    } else {
      table(exchange, target);
    }
  }

  private static void table(Exchange exchange, Target target) {
    var allowed = new ArrayList<String>();
    for (Route route : ROUTES) {
      if (!route.fits(target)) {
        continue;
      }
      if (route.method().equals(exchange.method())) {
        route.action().handle(exchange, target);
        return;
      }
      allowed.add(route.method().equals(HttpMethod.GET) ? "GET, HEAD" : route.method().name());
    }
    if (allowed.isEmpty()) {
      exchange.refuse(Refusals.path(target.path()));
    } else {
      exchange.refuseMethod(String.join(", ", allowed));
    }
  }

  /// A balancer that has no token must be able to ask for the health.
  private static boolean isOpen(String uri) {
    return uri.equals("/health");
  }

  private static Problem unauthorized() {
    return Problem.of(
        ErrorCode.UNAUTHORIZED,
        "Authorization: expected 'Bearer' with the server's token, got none or another");
  }

  private Problem tooLong() {
    return Problem.of(
        ErrorCode.URI_TOO_LONG, "path: expected at most " + pathBytesMax + " bytes, got more");
  }

  private Problem headersTooLarge() {
    int max = loop.shared().options().headerBytesMax();
    return Problem.of(
        ErrorCode.HEADERS_TOO_LARGE, "headers: expected at most " + max + " bytes, got more");
  }

  private static List<Route> routes() {
    return List.of(
        Route.get("/health", PlainRoutes::health),
        Route.get("/metrics", PlainRoutes::metrics),
        Route.get("/api/openapi.json", PlainRoutes::openApi),
        Route.get("/api/machines", MachineRoutes::list),
        Route.get("/api/machines/{machine}", MachineRoutes::definition),
        Route.of(HttpMethod.PUT, "/api/machines/{machine}", MachineRoutes::define),
        Route.get("/api/machines/{machine}/diagram", MachineRoutes::diagram),
        Route.get("/api/machines/{machine}/instances", MachineRoutes::instances),
        Route.get("/api/machines/{machine}/counts", MachineRoutes::counts),
        Route.get("/api/events", EventRoutes::feed),
        Route.get("/api/invocations", InvocationRoutes::list),
        Route.get("/api/invocations/{id}", InvocationRoutes::read),
        Route.get("/api/invocations/{id}/result", InvocationRoutes::result),
        control("cancel", Request.Action.CANCEL),
        control("kill", Request.Action.KILL),
        control("pause", Request.Action.PAUSE),
        control("resume", Request.Action.RESUME),
        control("restart", Request.Action.RESTART),
        Route.post("/api/invocations/{id}/signals/{signal}", InvocationRoutes::signal),
        Route.post("/api/awakeables/{awakeable}/resolve", InvocationRoutes::resolve),
        Route.post("/api/awakeables/{awakeable}/reject", InvocationRoutes::reject),
        Route.get("/api/consumers", ConsumerRoutes::list),
        Route.get("/api/consumers/{consumer}", ConsumerRoutes::read),
        Route.of(HttpMethod.DELETE, "/api/consumers/{consumer}", ConsumerRoutes::remove),
        Route.post("/api/consumers/{consumer}/pause", ConsumerRoutes.control(Consumers::pause)),
        Route.post("/api/consumers/{consumer}/resume", ConsumerRoutes.control(Consumers::resume)),
        Route.post("/api/consumers/{consumer}/reset", ConsumerRoutes::reset),
        Route.get("/api/consumers/{consumer}/dead-letters", ConsumerRoutes::deadLetters),
        Route.of(
            HttpMethod.DELETE,
            "/api/consumers/{consumer}/dead-letters/{event}",
            ConsumerRoutes::discard),
        Route.post("/api/consumers/{consumer}/dead-letters/{event}/retry", ConsumerRoutes::retry),
        Route.get("/api/nodes", InvocationRoutes::nodes));
  }

  private static Route control(String name, Request.Action action) {
    return Route.post("/api/invocations/{id}/" + name, InvocationRoutes.control(action));
  }
}
