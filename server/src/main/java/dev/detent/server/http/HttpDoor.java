// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import dev.detent.ErrorCode;
import dev.detent.Problem;
import dev.detent.engine.Engine;
import dev.detent.server.door.Svg;
import dev.detent.server.door.Workers;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Opens an engine to HTTP/1.1 and HTTP/2.
///
/// To stop without losing an answer: [#stopAccepting], then stop the engine, which answers
/// everybody, then [#close].
///
/// **Threads**: safe for any number of threads, but not for event loops: its methods block.
public final class HttpDoor implements AutoCloseable {
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

  private HttpDoor(Shared shared, Vertx vertx) {
    this.shared = shared;
    this.vertx = vertx;
  }

  /// Listens.
  ///
  /// @param engine what answers; it must outlive the door
  /// @param options where and how
  /// @param svg what draws diagrams
  /// @throws dev.detent.UnavailableException if the address can't be listened on, or a TLS file
  ///   can't be read
  public static HttpDoor open(Engine engine, HttpOptions options, Svg svg) {
    requireReadable("tlsCertificate", options.tlsCertificate());
    requireReadable("tlsKey", options.tlsKey());
    options.metrics().watch(engine);
    var shared = new Shared(engine, options, svg, new Workers("detent-http"));
    var door = new HttpDoor(shared, VertxSetup.vertx(options));
    try {
      door.listen();
      return door;
    } catch (RuntimeException e) {
      door.close();
      throw e;
    }
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
  }

  /// Returns the host as it was given.
  public String host() {
    return shared.options().host();
  }

  /// Returns the port that is bound.
  public int port() {
    return port;
  }

  /// Closes the listeners, idle connections and event streams, and returns. Requests that are being
  /// answered go on; their connections close after the answer.
  ///
  /// @param limit how long answers may still take; after it their connections are closed
  public synchronized void stopAccepting(Duration limit) {
    if (stopped == null) {
      stopped = Future.join(listeners.stream().map(listener -> listener.stop(limit)).toList());
      var streams = Future.join(listeners.stream().map(Listener::closeStreams).toList());
      settle(streams, STOP_MS_MAX);
    }
  }

  /// Closes everything, after a moment for answers that are being written.
  @Override
  public synchronized void close() {
    stopAccepting(Duration.ofMillis(FLUSH_MS_MAX));
    if (stopped != null) {
      settle(stopped, FLUSH_MS_MAX);
    }
    // Vert.x alone leaves some open that wait for the rest of a request.
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
      String address = host() + ":" + port;
      throw Problem.of(
              ErrorCode.UNAVAILABLE,
              "http: expected to listen on "
                  + address
                  + ", got '"
                  + cause.getMessage()
                  + "'; choose another host or port, or look at the TLS files")
          .exception();
    }
  }

  /// Waits, but goes on whatever comes: what is being closed is closed.
  private static void settle(Future<?> future, long ms) {
    try {
      future.toCompletionStage().toCompletableFuture().get(ms, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (java.util.concurrent.ExecutionException | TimeoutException e) {
      System.getLogger(HttpDoor.class.getName())
          .log(System.Logger.Level.DEBUG, "closing went on without an answer", e);
    }
  }

  private static void requireReadable(String option, @Nullable Path file) {
    if (file != null && !Files.isReadable(file)) {
      throw Problem.of(
              ErrorCode.UNAVAILABLE,
              option + ": expected a file that can be read, got '" + file + "'")
          .exception();
    }
  }
}
