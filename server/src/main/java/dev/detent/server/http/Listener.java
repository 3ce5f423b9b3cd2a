// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Serves connections on one event loop. Several of one port share its connections.
///
/// **Threads**: [#stop] and [#closeStreams] are for any thread, all else for the event loop.
final class Listener extends VerticleBase {
  private final Shared shared;
  private volatile int port;
  private @Nullable Loop loop;
  private @Nullable HttpServer server;

  Listener(Shared shared, int port) {
    this.shared = shared;
    this.port = port;
  }

  @Override
  public Future<?> start() {
    var ownLoop = new Loop(shared, context);
    var router = new Router(ownLoop);
    loop = ownLoop;
    HttpServer created = vertx.createHttpServer(VertxSetup.server(shared.options()));
    server = created;
    return created
        .requestHandler(router)
        .invalidRequestHandler(router::handleInvalid)
        .connectionHandler(connection -> count(ownLoop, connection))
        .exceptionHandler(VertxSetup::connectionFailed)
        .listen(port, shared.options().host())
        .onSuccess(listening -> port = listening.actualPort());
  }

  int port() {
    return port;
  }

  /// Stops listening, closes idle connections, and all others after their answer or the limit.
  Future<?> stop(Duration limit) {
    HttpServer listening = server;
    return listening == null ? Future.succeededFuture() : listening.shutdown(limit);
  }

  /// Ends the event streams in order.
  Future<?> closeStreams() {
    Loop own = loop;
    if (own == null) {
      return Future.succeededFuture();
    }
    Promise<Void> closed = Promise.promise();
    own.run(() -> {
      List.copyOf(own.streams()).forEach(EventStream::close);
      closed.complete();
    });
    return closed.future();
  }

  private void count(Loop own, HttpConnection connection) {
    boolean tooMany = shared.metrics().connected(1) > shared.options().connectionsMax();
    if (tooMany) {
      own.shed(connection);
    }
    connection.closeHandler(v -> {
      shared.metrics().connected(-1);
      own.forget(connection);
    });
  }
}
