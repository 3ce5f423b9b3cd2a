// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import io.vertx.core.http.HttpHeaders;

/// Holds names and values of headers in the form that Netty copies fastest.
final class Wire {
  static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
  static final CharSequence PROBLEM = HttpHeaders.createOptimized("application/problem+json");
  static final CharSequence EVENTS = HttpHeaders.createOptimized("text/event-stream");
  static final CharSequence PROMETHEUS =
      HttpHeaders.createOptimized("text/plain; version=0.0.4; charset=utf-8");
  static final CharSequence TEXT = HttpHeaders.createOptimized("text/plain; charset=utf-8");
  static final CharSequence SVG = HttpHeaders.createOptimized("image/svg+xml");
  static final CharSequence ID = HttpHeaders.createOptimized("detent-id");
  static final CharSequence STATE = HttpHeaders.createOptimized("detent-state");
  static final CharSequence VERSION = HttpHeaders.createOptimized("detent-version");
  static final CharSequence REPLAYED = HttpHeaders.createOptimized("idempotent-replayed");
  static final CharSequence TRUE = HttpHeaders.createOptimized("true");
  static final CharSequence IDEMPOTENCY_KEY = HttpHeaders.createOptimized("idempotency-key");
  static final CharSequence LAST_EVENT_ID = HttpHeaders.createOptimized("last-event-id");
  static final CharSequence SECONDS = HttpHeaders.createOptimized("1");
  static final CharSequence BEARER = HttpHeaders.createOptimized("Bearer");
  static final CharSequence WWW_AUTHENTICATE = HttpHeaders.createOptimized("www-authenticate");
  static final CharSequence NO_CACHE = HttpHeaders.createOptimized("no-cache");

  private Wire() {}
}
