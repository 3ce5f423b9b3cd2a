// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import dev.detent.server.door.Listeners;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Serves connections on one event loop. Several of one port share its connections.
///
/// **Threads**: [#start] is for the event loop, all else for any thread.
final class Listener extends VerticleBase implements Listeners.Bound {
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

  @Override
  public int port() {
    return port;
  }

  /// Stops listening, closes idle connections, and all others after their answer or the limit.
  Future<?> stop(Duration limit) {
    HttpServer listening = server;
    return listening == null ? Future.succeededFuture() : listening.shutdown(limit);
  }

  /// Ends the event streams in order.
  Future<?> closeStreams() {
    return onLoop(own -> {
      List.copyOf(own.streams()).forEach(EventStream::close);
      return Future.succeededFuture();
    });
  }

  /// Closes what is still open, whatever it waits for.
  Future<?> closeConnections() {
    return onLoop(own ->
        Future.join(List.copyOf(own.connections()).stream().map(HttpConnection::close).toList()));
  }

  private Future<?> onLoop(Function<Loop, Future<?>> task) {
    Loop own = loop;
    if (own == null) {
      return Future.succeededFuture();
    }
    Promise<Void> done = Promise.promise();
    boolean taken = own.run(() -> task.apply(own).onComplete(result -> done.complete()));
    return taken ? done.future() : Future.succeededFuture();
  }

  private void count(Loop own, HttpConnection connection) {
    boolean tooMany = shared.metrics().connected(1) > shared.options().connectionsMax();
    own.remember(connection, tooMany);
    connection.closeHandler(v -> {
      shared.metrics().connected(-1);
      own.forget(connection);
    });
  }
}
