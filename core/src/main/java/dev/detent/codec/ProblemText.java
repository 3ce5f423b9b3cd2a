// SPDX-License-Identifier: Apache-2.0
package dev.detent.codec;

import dev.detent.ErrorCode;
import dev.detent.Problem;
import java.util.LinkedHashMap;
import java.util.Map;

/// Writes a problem as JSON to be kept, and reads it back: `code`, `detail` and `members`.
public final class ProblemText {
  private ProblemText() {}

  /// Returns the problem as JSON text.
  public static String write(Problem problem) {
    var all = new LinkedHashMap<String, Object>();
    all.put("code", problem.code().name());
    all.put("detail", problem.detail());
    all.put("members", problem.members());
    return Codec.standard().write(all).text();
  }

  /// Returns the problem that [#write] wrote.
  public static Problem read(String text) {
    Object read = Codec.standard().read(Json.trusted(text), Map.class);
    var all = read instanceof Map<?, ?> map ? map : Map.of();
    var members = new LinkedHashMap<String, Object>();
    if (all.get("members") instanceof Map<?, ?> kept) {
      kept.forEach((name, value) -> members.put(String.valueOf(name), value));
    }
    return new Problem(
        ErrorCode.valueOf(String.valueOf(all.get("code"))),
        String.valueOf(all.get("detail")),
        members);
  }
}
