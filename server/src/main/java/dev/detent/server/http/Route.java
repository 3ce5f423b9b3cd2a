// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import io.vertx.core.http.HttpMethod;
import java.util.List;

/// Serves one method of one path.
///
/// @param method the method
/// @param template the path, with `{name}` for what varies
/// @param segments the template's segments
/// @param action what serves it
record Route(HttpMethod method, String template, List<String> segments, Action action) {
  /// Serves an exchange whose path fits.
  @FunctionalInterface
  interface Action {
    void handle(Exchange exchange, Target target);
  }

  static Route get(String template, Action action) {
    return of(HttpMethod.GET, template, action);
  }

  static Route post(String template, Action action) {
    return of(HttpMethod.POST, template, action);
  }

  static Route of(HttpMethod method, String template, Action action) {
    return new Route(method, template, List.of(template.substring(1).split("/")), action);
  }

  boolean fits(Target target) {
    if (target.count() != segments.size()) {
      return false;
    }
    for (int i = 0; i < segments.size(); i++) {
      String segment = segments.get(i);
      if (!segment.startsWith("{") && !segment.equals(target.segment(i))) {
        return false;
      }
    }
    return true;
  }
}
