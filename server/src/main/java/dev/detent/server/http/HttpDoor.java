// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import dev.detent.engine.Engine;
import dev.detent.server.door.Svg;
import java.time.Duration;

/// Opens an engine to HTTP/1.1 and HTTP/2.
///
/// **Threads**: safe for any number of threads. [#open], [#stopAccepting] and [#close] block.
public final class HttpDoor implements AutoCloseable {
  private HttpDoor() {}

  /// Listens.
  ///
  /// @param engine what answers; it must outlive the door
  /// @param options where and how
  /// @param svg what draws diagrams
  /// @throws dev.detent.UnavailableException if the address can't be listened on, or a TLS file
  ///   can't be read
  public static HttpDoor open(Engine engine, HttpOptions options, Svg svg) {
    throw new IllegalStateException("next commit");
  }

  /// Returns the host as it was given.
  public String host() {
    throw new IllegalStateException("next commit");
  }

  /// Returns the port that is bound.
  public int port() {
    throw new IllegalStateException("next commit");
  }

  /// Closes the listeners, idle connections and event streams. Requests that are being answered go
  /// on; their connections close after the answer, or when the limit is over.
  ///
  /// @param limit how long answers may still take
  public void stopAccepting(Duration limit) {
    throw new IllegalStateException("next commit");
  }

  /// Closes every connection at once.
  @Override
  public void close() {
    throw new IllegalStateException("next commit");
  }
}
