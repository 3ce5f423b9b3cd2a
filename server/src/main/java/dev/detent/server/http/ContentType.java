// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import dev.detent.ErrorCode;
import dev.detent.Problem;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.Locale;

/// Tells whether a body says that it is JSON in UTF-8.
final class ContentType {
  private static final String JSON = "application/json";

  private ContentType() {}

  /// Tells whether the headers announce JSON in UTF-8, or nothing at all.
  static boolean isJson(MultiMap headers) {
    String encoding = headers.get(HttpHeaders.CONTENT_ENCODING);
    if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
      return false;
    }
    String type = headers.get(HttpHeaders.CONTENT_TYPE);
    return type == null || type.equals(JSON) || isJson(type);
  }

  static Problem problem(MultiMap headers) {
    String type = headers.get(HttpHeaders.CONTENT_TYPE);
    return Problem.of(
        ErrorCode.UNSUPPORTED_MEDIA_TYPE,
        "body: expected application/json in UTF-8 and not encoded, got "
            + (type == null ? "another encoding" : "'" + type + "'"));
  }

  private static boolean isJson(String text) {
    String[] parts = text.toLowerCase(Locale.ROOT).split(";", -1);
    String type = parts[0].strip();
    boolean json = type.equals(JSON) || (type.startsWith("application/") && type.endsWith("+json"));
    for (int i = 1; i < parts.length && json; i++) {
      String parameter = parts[i].strip();
      if (parameter.startsWith("charset=")) {
        String charset = parameter.substring("charset=".length()).replace("\"", "").strip();
        json = charset.equals("utf-8") || charset.equals("utf8");
      }
    }
    return json;
  }
}
