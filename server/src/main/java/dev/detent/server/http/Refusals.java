// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import dev.detent.DetentException;
import dev.detent.ErrorCode;
import dev.detent.Problem;
import dev.detent.server.door.JsonWriter;
import dev.detent.store.StoreException;
import java.util.Locale;

/// Names what this door refuses by itself, and writes problems as RFC 9457 JSON.
final class Refusals {
  private static final System.Logger LOG = System.getLogger(Refusals.class.getName());

  private Refusals() {}

  static DetentException bad(String detail) {
    return Problem.of(ErrorCode.BAD_REQUEST, detail).exception();
  }

  static Problem notFound(String what, String detail) {
    return Problem.of(ErrorCode.NOT_FOUND, detail).with("what", what);
  }

  static Problem machine(String name) {
    return notFound(
            "machine", "machine: expected a known one, got '" + name + "'; see /api/machines")
        .with("machine", name);
  }

  static Problem path(String path) {
    return notFound("path", "path: expected one of /api/openapi.json, got '" + path + "'");
  }

  static Problem tooLarge(long bytesMax) {
    return Problem.of(
        ErrorCode.PAYLOAD_TOO_LARGE,
        "body: expected at most " + bytesMax + " bytes, got more; send less");
  }

  static Problem overloaded(String what) {
    return Problem.of(
        ErrorCode.OVERLOADED, what + ": expected room for one more, got none; retry later");
  }

  static Problem stopping() {
    return Problem.of(
        ErrorCode.UNAVAILABLE, "server: expected one that runs, got one that stops; retry later");
  }

  /// Returns the problem that an exception stands for. What is a defect goes to the log only.
  static Problem of(Throwable failure) {
    return switch (failure) {
      case DetentException refused -> refused.problem();
      case StoreException store -> {
        LOG.log(System.Logger.Level.WARNING, "store failed", store);
        yield Problem.of(
            ErrorCode.UNAVAILABLE, "store: expected an answer, got a failure; retry later");
      }
      default -> {
        LOG.log(System.Logger.Level.ERROR, "request failed", failure);
        yield Problem.of(ErrorCode.INTERNAL, "server: failed; its log says why");
      }
    };
  }

  /// Writes a problem as JSON.
  static String write(Problem problem) {
    ErrorCode code = problem.code();
    var json = new JsonWriter().open('{');
    json.name("type").string("about:blank");
    json.name("title").string(title(code));
    json.name("status").number(code.httpStatus());
    json.name("code").string(code.name());
    json.name("detail").string(problem.detail());
    problem.members().forEach((name, value) -> json.name(name).value(value));
    return json.close('}').toString();
  }

  private static String title(ErrorCode code) {
    String words = code.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    return Character.toUpperCase(words.charAt(0)) + words.substring(1);
  }
}
