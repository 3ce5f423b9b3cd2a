// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.ErrorCode;
import dev.detent.Problem;
import dev.detent.codec.Codec;
import dev.detent.codec.Json;
import java.util.LinkedHashMap;
import java.util.Map;

/// Writes a problem as JSON to be kept, and reads it back.
final class KeptProblem {
  private KeptProblem() {}

  static String write(Problem problem) {
    var all = new LinkedHashMap<String, Object>();
    all.put("code", problem.code().name());
    all.put("detail", problem.detail());
    all.put("members", problem.members());
    return Codec.standard().write(all).text();
  }

  static Problem read(String text) {
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
