// SPDX-License-Identifier: Apache-2.0
package dev.detent.codec;

import java.lang.reflect.Type;
import tools.jackson.databind.json.JsonMapper;

/// Turns Java values into JSON and back.
///
/// **Threads**: safe for any number of threads.
public final class Codec {
  private static final Codec STANDARD = new Codec(JsonMapper.builder().build());

  private final JsonMapper mapper;

  private Codec(JsonMapper mapper) {
    this.mapper = mapper;
  }

  /// Returns the codec that everything uses unless told otherwise.
  public static Codec standard() {
    return STANDARD;
  }

  /// Writes a value as JSON.
  public Json write(Object value) {
    return Json.trusted(mapper.writeValueAsString(value));
  }

  /// Reads a value of a type.
  ///
  /// @throws dev.detent.RefusedException INVALID_INPUT with the `path` at which it does not fit
  public Object read(Json json, Type type) {
    return mapper.readValue(json.text(), mapper.constructType(type));
  }
}
