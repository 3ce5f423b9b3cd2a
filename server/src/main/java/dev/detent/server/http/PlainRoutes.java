// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import dev.detent.ErrorCode;
import dev.detent.Problem;
import dev.detent.engine.Health;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/// Serves what is about the server itself: health, metrics, the OpenAPI document.
final class PlainRoutes {
  private static final String OPEN_API = resource("openapi.json");

  private PlainRoutes() {}

  static void health(Exchange exchange, Target target) {
    Health health = exchange.shared().engine().health();
    if (health.ok()) {
      exchange.send(200, Wire.JSON, "{\"status\":\"ok\"}");
    } else {
      exchange.refuse(Problem.of(ErrorCode.UNAVAILABLE, "health: " + health.detail()));
    }
  }

  static void metrics(Exchange exchange, Target target) {
    exchange.work(() -> new Document(200, Wire.PROMETHEUS, exchange.shared().metrics().scrape()));
  }

  static void openApi(Exchange exchange, Target target) {
    exchange.send(200, Wire.JSON, OPEN_API);
  }

  private static String resource(String name) {
    try (InputStream in = PlainRoutes.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
