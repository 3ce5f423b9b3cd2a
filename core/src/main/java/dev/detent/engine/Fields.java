// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.Key;
import dev.detent.codec.Json;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Collects the members of a message to another node; what is null is left out. [Members] reads
/// them.
///
/// **Threads**: one.
final class Fields {
  private final Map<String, Json> members = new LinkedHashMap<>();

  Fields json(String name, Json value) {
    members.put(name, value);
    return this;
  }

  Fields group(String name, @Nullable Fields value) {
    return value == null ? this : json(name, value.json());
  }

  Fields text(String name, @Nullable String value) {
    return value == null ? this : json(name, Json.string(value));
  }

  Fields number(String name, long value) {
    return json(name, Json.trusted(Long.toString(value)));
  }

  Fields flag(String name, boolean value) {
    return json(name, Json.trusted(Boolean.toString(value)));
  }

  Fields duration(String name, Duration value) {
    return text(name, value.toString());
  }

  Fields word(String name, Enum<?> value) {
    return text(name, value.name().toLowerCase(Locale.ROOT));
  }

  Fields key(Key key) {
    return text("machine", key.machine()).text("key", key.key());
  }

  /// Returns all as an object.
  Json json() {
    return Json.object(members);
  }
}
