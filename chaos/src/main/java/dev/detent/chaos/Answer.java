// SPDX-License-Identifier: Apache-2.0
package dev.detent.chaos;

import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/// Is what a client knows after a request.
///
/// @param kind what it means
/// @param status the HTTP status, or 0 if there was no answer
/// @param body the body as it came; without an answer, what happened instead
/// @param headers the headers that are compared, by their names
record Answer(Kind kind, int status, String body, Map<String, String> headers) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// Says what a client may conclude.
  enum Kind {
    /// It happened.
    DONE,
    /// It was refused for a reason that lies in the request or the instance.
    REFUSED,
    /// Nothing happened, and nothing will.
    NOTHING,
    /// It may have happened, or may still happen.
    UNKNOWN
  }

  static Answer none(Kind kind, String why) {
    return new Answer(kind, 0, why, Map.of());
  }

  static Answer of(int status, String body, Map<String, String> headers) {
    return new Answer(kind(status, body), status, body, headers);
  }

  private static Kind kind(int status, String body) {
    if (status >= 200 && status < 300) {
      return Kind.DONE;
    } else if (status == 503) {
      return body.contains("\"OUTCOME_UNKNOWN\"") ? Kind.UNKNOWN : Kind.NOTHING;
    }
    return status >= 500 ? Kind.UNKNOWN : Kind.REFUSED;
  }

  boolean is(Kind other) {
    return kind == other;
  }

  /// Returns the body as JSON, or a node that is missing if it is none.
  JsonNode json() {
    try {
      return JSON.readTree(body);
    } catch (tools.jackson.core.JacksonException e) {
      return MissingNode.getInstance();
    }
  }

  /// Returns a header, or an empty text.
  String header(String name) {
    return headers.getOrDefault(name, "");
  }

  @Override
  public String toString() {
    return status == 0 ? body : status + " " + body;
  }
}
