// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import dev.detent.engine.Engine;
import dev.detent.server.door.Listeners;
import dev.detent.server.door.Metrics;
import java.time.Duration;

/// Opens an engine to Redis clients.
///
/// To stop without losing an answer: [#stopAccepting], then stop the engine, which answers
/// everybody, then [#close].
///
/// **Threads**: safe for any number of threads, but not for event loops: its methods block.
public final class RespDoor implements AutoCloseable {
  private final Shared shared;
  private final Listeners<Listener> listeners;

  private RespDoor(Shared shared, Listeners<Listener> listeners) {
    this.shared = shared;
    this.listeners = listeners;
  }

  /// Listens.
  ///
  /// @param engine what answers; it must outlive the door
  /// @param options where and how
  /// @throws dev.detent.UnavailableException if the address can't be listened on
  public static RespDoor open(Engine engine, RespOptions options) {
    var shared = new Shared(engine, options);
    var where =
        new Listeners.Where(
            "redis",
            options.host(),
            options.port(),
            options.eventLoops(),
            "choose another host or port");
    try {
      var listeners = Listeners.open(where, port -> new Listener(shared, port));
      shared.port(listeners.port());
      return new RespDoor(shared, listeners);
    } catch (RuntimeException e) {
      shared.close();
      throw e;
    }
  }

  /// Shows in metrics from now on what it counts.
  public void measure(Metrics metrics) {
    metrics.watchRedis(() -> shared.connected(0), shared::commands, shared::errors);
  }

  /// Returns the host as it was given.
  public String host() {
    return listeners.host();
  }

  /// Returns the port that is bound.
  public int port() {
    return listeners.port();
  }

  /// Closes the listeners and idle connections, and returns. Commands that are being answered go
  /// on; their connections close after the answer.
  ///
  /// @param limit how long answers may still take; after it their connections are closed
  public void stopAccepting(Duration limit) {
    if (listeners.stop(listener -> listener.finish(limit))) {
      shared.channels().close();
    }
  }

  /// Closes everything, after a moment for answers that are being written.
  @Override
  public void close() {
    stopAccepting(Listeners.FLUSH);
    listeners.flush();
    listeners.each(Listener::closeConnections);
    shared.close();
    listeners.close();
  }
}
