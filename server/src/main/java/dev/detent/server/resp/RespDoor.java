// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import dev.detent.ErrorCode;
import dev.detent.Problem;
import dev.detent.engine.Engine;
import dev.detent.server.door.Metrics;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Opens an engine to Redis clients.
///
/// To stop without losing an answer: [#stopAccepting], then stop the engine, which answers
/// everybody, then [#close].
///
/// **Threads**: safe for any number of threads, but not for event loops: its methods block.
public final class RespDoor implements AutoCloseable {
  /// What Vert.x calls a free port that several listeners share.
  private static final int ANY_SHARED_PORT = -1;

  private static final long OPEN_MS_MAX = 10_000;
  private static final long STOP_MS_MAX = 1_000;
  private static final long FLUSH_MS_MAX = 500;

  private final Shared shared;
  private final Vertx vertx;
  private final List<Listener> listeners = new ArrayList<>();
  private int port;
  private @Nullable Future<?> stopped;

  private RespDoor(Shared shared, Vertx vertx) {
    this.shared = shared;
    this.vertx = vertx;
  }

  /// Listens.
  ///
  /// @param engine what answers; it must outlive the door
  /// @param options where and how
  /// @throws dev.detent.UnavailableException if the address can't be listened on
  public static RespDoor open(Engine engine, RespOptions options) {
    var door = new RespDoor(new Shared(engine, options), vertx(options));
    try {
      door.listen();
      return door;
    } catch (RuntimeException e) {
      door.close();
      throw e;
    }
  }

  private static Vertx vertx(RespOptions options) {
    System.setProperty("vertx.disableDnsResolver", "true");
    return Vertx.vertx(
        new VertxOptions()
            .setEventLoopPoolSize(options.eventLoops())
            .setWorkerPoolSize(1)
            .setInternalBlockingPoolSize(2)
            .setPreferNativeTransport(false)
            .setFileSystemOptions(
                new FileSystemOptions()
                    .setClassPathResolvingEnabled(false)
                    .setFileCachingEnabled(false)));
  }

  private void listen() {
    int wanted = shared.options().port();
    port = wanted;
    for (int i = 0; i < shared.options().eventLoops(); i++) {
      var listener = new Listener(shared, wanted == 0 ? ANY_SHARED_PORT : wanted);
      await(vertx.deployVerticle(listener));
      listeners.add(listener);
      port = listener.port();
    }
    shared.port(port);
  }

  /// Shows in metrics from now on what it counts.
  public void measure(Metrics metrics) {
    metrics.watchRedis(() -> shared.connected(0), shared::commands, shared::errors);
  }

  /// Returns the host as it was given.
  public String host() {
    return shared.options().host();
  }

  /// Returns the port that is bound.
  public int port() {
    return port;
  }

  /// Closes the listeners and idle connections, and returns. Commands that are being answered go
  /// on; their connections close after the answer.
  ///
  /// @param limit how long answers may still take; after it their connections are closed
  public synchronized void stopAccepting(Duration limit) {
    if (stopped == null) {
      stopped = Future.join(listeners.stream().map(listener -> listener.finish(limit)).toList());
      shared.channels().close();
    }
  }

  /// Closes everything, after a moment for answers that are being written.
  @Override
  public synchronized void close() {
    stopAccepting(Duration.ofMillis(FLUSH_MS_MAX));
    if (stopped != null) {
      settle(stopped, FLUSH_MS_MAX);
    }
    settle(Future.join(listeners.stream().map(Listener::closeConnections).toList()), STOP_MS_MAX);
    shared.workers().close();
    settle(vertx.close(), OPEN_MS_MAX);
  }

  private void await(Future<?> future) {
    try {
      future
          .toCompletionStage()
          .toCompletableFuture()
          .orTimeout(OPEN_MS_MAX, TimeUnit.MILLISECONDS)
          .join();
    } catch (CompletionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw Problem.of(
              ErrorCode.UNAVAILABLE,
              "redis: expected to listen on %s:%s, got '%s'; choose another host or port"
                  .formatted(host(), port, cause.getMessage()))
          .exception();
    }
  }

  /// Waits, but goes on whatever comes: what is being closed is closed.
  private static void settle(Future<?> future, long ms) {
    try {
      future.toCompletionStage().toCompletableFuture().get(ms, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      System.getLogger(RespDoor.class.getName())
          .log(System.Logger.Level.DEBUG, "closing went on without an answer", e);
    }
  }
}
