// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import dev.detent.ErrorCode;
import dev.detent.Problem;
import dev.detent.engine.Engine;
import dev.detent.server.door.Listeners;
import dev.detent.server.door.Svg;
import dev.detent.server.door.Workers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Opens an engine to HTTP/1.1 and HTTP/2.
///
/// To stop without losing an answer: [#stopAccepting], then stop the engine, which answers
/// everybody, then [#close].
///
/// **Threads**: safe for any number of threads, but not for event loops: its methods block.
public final class HttpDoor implements AutoCloseable {
  private final Shared shared;
  private final Listeners<Listener> listeners;

  private HttpDoor(Shared shared, Listeners<Listener> listeners) {
    this.shared = shared;
    this.listeners = listeners;
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
    var where =
        new Listeners.Where(
            "http",
            options.host(),
            options.port(),
            options.eventLoops(),
            "choose another host or port, or look at the TLS files");
    try {
      return new HttpDoor(shared, Listeners.open(where, port -> new Listener(shared, port)));
    } catch (RuntimeException e) {
      shared.workers().close();
      throw e;
    }
  }

  /// Returns the host as it was given.
  public String host() {
    return listeners.host();
  }

  /// Returns the port that is bound.
  public int port() {
    return listeners.port();
  }

  /// Closes the listeners, idle connections and event streams, and returns. Requests that are being
  /// answered go on; their connections close after the answer.
  ///
  /// @param limit how long answers may still take; after it their connections are closed
  public void stopAccepting(Duration limit) {
    if (listeners.stop(listener -> listener.stop(limit))) {
      listeners.each(Listener::closeStreams);
    }
  }

  /// Closes everything, after a moment for answers that are being written.
  @Override
  public void close() {
    stopAccepting(Listeners.FLUSH);
    listeners.flush();
    // Vert.x alone leaves some open that wait for the rest of a request.
    listeners.each(Listener::closeConnections);
    shared.workers().close();
    listeners.close();
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
