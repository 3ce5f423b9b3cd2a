// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.door;

import dev.detent.ErrorCode;
import dev.detent.Problem;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
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
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// Owns the event loops of a door, on each of which one listener serves the same address.
///
/// **Threads**: safe for any number of threads, but not for event loops: its methods block.
///
/// @param <L> what listens
public final class Listeners<L extends VerticleBase & Listeners.Bound> {
  /// How long answers that are being written may take at the end.
  public static final Duration FLUSH = Duration.ofMillis(500);

  /// What Vert.x calls a free port that several listeners share.
  private static final int ANY_SHARED_PORT = -1;

  private static final long OPEN_MS_MAX = 10_000;
  private static final long STOP_MS_MAX = 1_000;

  private final Where where;
  private final Vertx vertx;
  private final List<L> all = new ArrayList<>();
  private int port;
  private @Nullable Future<?> stopped;

  private Listeners(Where where) {
    this.where = where;
    this.vertx = vertx(where.eventLoops());
    this.port = where.port();
  }

  /// Listens on an event loop.
  public interface Bound {
    /// Returns the port, as soon as it is bound.
    int port();
  }

  /// Says where a door listens.
  ///
  /// @param door the door's name, for messages
  /// @param host the name or address to listen on
  /// @param port the TCP port; 0 picks a free one
  /// @param eventLoops how many threads serve connections
  /// @param remedy what to do if that fails
  public record Where(String door, String host, int port, int eventLoops, String remedy) {}

  /// Listens.
  ///
  /// @param where where
  /// @param make makes a listener for a port
  /// @throws dev.detent.UnavailableException if the address can't be listened on
  public static <L extends VerticleBase & Bound> Listeners<L> open(
      Where where, IntFunction<L> make) {
    var listeners = new Listeners<L>(where);
    try {
      for (int i = 0; i < where.eventLoops(); i++) {
        listeners.add(make.apply(where.port() == 0 ? ANY_SHARED_PORT : where.port()));
      }
      return listeners;
    } catch (RuntimeException e) {
      settle(listeners.vertx.close(), OPEN_MS_MAX);
      throw e;
    }
  }

  /// Sets Vert.x up: what no door uses is off.
  private static Vertx vertx(int eventLoops) {
    // Read once, when Vert.x is loaded: without them every request is looked at for an upgrade, and
    // host names are resolved by a second resolver.
    System.setProperty("vertx.disableWebsockets", "true");
    System.setProperty("vertx.disableDnsResolver", "true");
    return Vertx.vertx(
        new VertxOptions()
            .setEventLoopPoolSize(eventLoops)
            .setWorkerPoolSize(1)
            .setInternalBlockingPoolSize(2)
            .setPreferNativeTransport(false)
            .setFileSystemOptions(
                new FileSystemOptions()
                    .setClassPathResolvingEnabled(false)
                    .setFileCachingEnabled(false)));
  }

  private void add(L listener) {
    await(vertx.deployVerticle(listener));
    all.add(listener);
    port = listener.port();
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
              "%s: expected to listen on %s:%d, got '%s'; %s"
                  .formatted(where.door(), where.host(), port, cause.getMessage(), where.remedy()))
          .exception();
    }
  }

  /// Returns the host as it was given.
  public String host() {
    return where.host();
  }

  /// Returns the port that is bound.
  public int port() {
    return port;
  }

  /// Has all of them stop, which may take longer than this call; once only.
  ///
  /// @param how stops one
  /// @return whether they were not told before
  public synchronized boolean stop(Function<L, Future<?>> how) {
    if (stopped != null) {
      return false;
    }
    stopped = Future.join(all.stream().map(how).toList());
    return true;
  }

  /// Has all of them do something, and waits a moment for it.
  public void each(Function<L, Future<?>> task) {
    settle(Future.join(all.stream().map(task).toList()), STOP_MS_MAX);
  }

  /// Waits a moment for what [#stop] began.
  public synchronized void flush() {
    if (stopped != null) {
      settle(stopped, FLUSH.toMillis());
    }
  }

  /// Ends the event loops.
  public void close() {
    settle(vertx.close(), OPEN_MS_MAX);
  }

  /// Waits, but goes on whatever comes: what is being closed is closed.
  private static void settle(Future<?> future, long ms) {
    try {
      future.toCompletionStage().toCompletableFuture().get(ms, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      System.getLogger(Listeners.class.getName())
          .log(System.Logger.Level.DEBUG, "closing went on without an answer", e);
    }
  }
}
