// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// Sets the servers of Vert.x up: what this door does not use is off.
final class VertxSetup {
  private static final System.Logger LOG = System.getLogger(VertxSetup.class.getName());
  private static final int STREAMS_PER_CONNECTION_MAX = 256;

  /// Room for the method and the version in a request line.
  private static final int LINE_BYTES_EXTRA = 32;

  private VertxSetup() {}

  static HttpServerOptions server(HttpOptions options) {
    var server =
        new HttpServerOptions()
            .setIdleTimeout((int) options.idleTimeout().toMillis())
            .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
            .setMaxInitialLineLength(options.pathBytesMax() + LINE_BYTES_EXTRA)
            .setMaxHeaderSize(options.headerBytesMax())
            .setCompressionSupported(false)
            .setDecompressionSupported(false)
            .setHandle100ContinueAutomatically(false)
            .setStrictThreadMode(true)
            .setAcceptBacklog(1_024)
            .setTcpNoDelay(true)
            .setTcpKeepAlive(true)
            .setInitialSettings(
                new Http2Settings()
                    .setMaxConcurrentStreams(STREAMS_PER_CONNECTION_MAX)
                    .setMaxHeaderListSize(options.headerBytesMax()));
    Path certificate = options.tlsCertificate();
    Path key = options.tlsKey();
    if (certificate != null && key != null) {
      server
          .setSsl(true)
          .setUseAlpn(true)
          .setKeyCertOptions(
              new PemKeyCertOptions()
                  .setCertPath(certificate.toAbsolutePath().toString())
                  .setKeyPath(key.toAbsolutePath().toString()));
    }
    return server;
  }

  /// Hears of connections that break; clients do that all the time.
  static void connectionFailed(Throwable failure) {
    LOG.log(System.Logger.Level.DEBUG, "connection failed", failure);
  }
}
