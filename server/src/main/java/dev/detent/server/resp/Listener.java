// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import dev.detent.server.door.Listeners;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Serves connections on one event loop. Several of one port share its connections.
///
/// **Threads**: [#start] is for the event loop, all else for any thread.
final class Listener extends VerticleBase implements Listeners.Bound {
  private static final int BACKLOG = 1_024;

  private final Shared shared;
  private volatile int port;
  private @Nullable Loop loop;
  private @Nullable NetServer server;
  private boolean finishing;

  Listener(Shared shared, int port) {
    this.shared = shared;
    this.port = port;
  }

  @Override
  public Future<?> start() {
    var ownLoop = new Loop(shared, context);
    loop = ownLoop;
    var options =
        new NetServerOptions()
            .setTcpNoDelay(true)
            .setTcpKeepAlive(true)
            .setReuseAddress(true)
            .setAcceptBacklog(BACKLOG);
    NetServer created = vertx.createNetServer(options);
    server = created;
    return created
        .connectHandler(socket -> accept(ownLoop, socket))
        .exceptionHandler(failure -> {})
        .listen(port, shared.options().host())
        .onSuccess(listening -> port = listening.actualPort());
  }

  @Override
  public int port() {
    return port;
  }

  private void accept(Loop own, NetSocket socket) {
    if (finishing || shared.connected(1) > shared.options().connectionsMax()) {
      shared.connected(finishing ? 0 : -1);
      var refusal = "-ERR max number of clients reached\r\n".getBytes(StandardCharsets.US_ASCII);
      var _ = socket.end(Buffer.buffer(refusal));
      return;
    }
    var connection = new Connection(own, socket);
    own.connections().add(connection);
    shared.clients().put(connection.session().id(), connection.session());
    connection.open();
  }

  /// Takes no more connections, and lets those that are open finish what they began.
  ///
  /// @param limit how long that may take; then they are closed
  Future<?> finish(Duration limit) {
    NetServer listening = server;
    var _ =
        onLoop(own -> {
          finishing = true;
          List.copyOf(own.connections()).forEach(Connection::finish);
        });
    return listening == null ? Future.succeededFuture() : listening.shutdown(limit);
  }

  /// Closes what is still open, whatever it waits for.
  Future<?> closeConnections() {
    return onLoop(own -> List.copyOf(own.connections()).forEach(Connection::close));
  }

  private Future<?> onLoop(Consumer<Loop> task) {
    Loop own = loop;
    if (own == null) {
      return Future.succeededFuture();
    }
    Promise<Void> done = Promise.promise();
    boolean taken =
        own.run(() -> {
          task.accept(own);
          done.complete();
        });
    return taken ? done.future() : Future.succeededFuture();
  }
}
