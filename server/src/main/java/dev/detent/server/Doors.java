// SPDX-License-Identifier: Apache-2.0
package dev.detent.server;

import dev.detent.engine.Engine;
import dev.detent.server.diagram.ElkSvg;
import dev.detent.server.door.Metrics;
import dev.detent.server.http.HttpDoor;
import dev.detent.server.http.HttpOptions;
import dev.detent.server.resp.RespDoor;
import dev.detent.server.resp.RespOptions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Holds the doors of a server, each null if it is off.
///
/// @param httpDoor the door for HTTP
/// @param redisDoor the door for Redis clients
record Doors(@Nullable HttpDoor httpDoor, @Nullable RespDoor redisDoor) {
  /// No setting: only what measures the server has a use for it.
  private static final String NOOP_PATH = "detent.noop-path";

  /// Opens those that the configuration wants.
  static Doors open(Config config, Engine engine, @Nullable String token, Metrics metrics) {
    HttpDoor http = openHttp(config, engine, token, metrics);
    try {
      return new Doors(http, openRedis(config, engine, token, metrics));
    } catch (RuntimeException e) {
      if (http != null) {
        http.close();
      }
      throw e;
    }
  }

  private static @Nullable RespDoor openRedis(
      Config config, Engine engine, @Nullable String token, Metrics metrics) {
    Address address = config.redis();
    if (address == null) {
      return null;
    }
    RespOptions options =
        RespOptions.of(address.host(), address.port())
            .withToken(token)
            .withConnectionsMax(config.connectionsMax());
    RespDoor door = RespDoor.open(engine, options);
    door.measure(metrics);
    return door;
  }

  private static @Nullable HttpDoor openHttp(
      Config config, Engine engine, @Nullable String token, Metrics metrics) {
    Address address = config.http();
    if (address == null) {
      return null;
    }
    HttpOptions options =
        HttpOptions.builder()
            .host(address.host())
            .port(address.port())
            .token(token)
            .tls(config.tlsCert(), config.tlsKey())
            .bodyBytesMax(config.bodyBytesMax())
            .definitionBytesMax(config.definitionBytesMax())
            .headerBytesMax(config.headerBytesMax())
            .pathBytesMax(config.pathBytesMax())
            .connectionsMax(config.connectionsMax())
            .requestsMax(config.requestsMax())
            .streamsMax(config.streamsMax())
            .idleTimeout(config.idleTimeout())
            .noopPath(System.getProperty(NOOP_PATH))
            .metrics(metrics)
            .build();
    return HttpDoor.open(engine, options, new ElkSvg());
  }

  @Nullable Address http() {
    return httpDoor == null ? null : new Address(httpDoor.host(), httpDoor.port());
  }

  @Nullable Address redis() {
    return redisDoor == null ? null : new Address(redisDoor.host(), redisDoor.port());
  }

  /// Takes no more clients; who is being answered is.
  void stopAccepting(Duration limit) {
    if (httpDoor != null) {
      httpDoor.stopAccepting(limit);
    }
    if (redisDoor != null) {
      redisDoor.stopAccepting(limit);
    }
  }

  /// Closes all of them.
  void close() {
    if (httpDoor != null) {
      httpDoor.close();
    }
    if (redisDoor != null) {
      redisDoor.close();
    }
  }
}
