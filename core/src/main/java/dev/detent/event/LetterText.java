// SPDX-License-Identifier: Apache-2.0
package dev.detent.event;

import dev.detent.Key;
import dev.detent.Offset;
import dev.detent.codec.Json;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Writes an event as JSON to be kept in a dead letter, and reads it back.
final class LetterText {
  private LetterText() {}

  static String write(Event event) {
    var members = new LinkedHashMap<String, Json>();
    members.put("id", Json.string(event.offset().toString()));
    members.put("machine", Json.string(event.machine()));
    members.put("key", Json.string(event.key()));
    members.put("version", Json.trusted(Long.toString(event.version())));
    members.put("command", text(event.command()));
    members.put("from", text(event.from()));
    members.put("to", Json.string(event.to()));
    members.put("input", event.input());
    members.put("at", Json.string(event.at().toString()));
    members.put("cause", Json.string(event.cause()));
    members.put("forced", Json.trusted(Boolean.toString(event.forced())));
    Json metadata = event.metadata();
    if (metadata != null) {
      members.put("metadata", metadata);
    }
    return Json.object(members).text();
  }

  static Event read(String text) {
    Map<String, Json> members = Json.trusted(text).members();
    return new Event(
        Objects.requireNonNull(Offset.parse(string(members, "id"))),
        new Key(string(members, "machine"), string(members, "key")),
        Long.parseLong(member(members, "version").text()),
        optional(members, "command"),
        optional(members, "from"),
        string(members, "to"),
        member(members, "input"),
        Instant.parse(string(members, "at")),
        string(members, "cause"),
        Boolean.parseBoolean(member(members, "forced").text()),
        members.get("metadata"));
  }

  private static Json text(@Nullable String value) {
    return value == null ? Json.NULL : Json.string(value);
  }

  private static Json member(Map<String, Json> members, String name) {
    return Objects.requireNonNull(members.get(name), name);
  }

  private static String string(Map<String, Json> members, String name) {
    return member(members, name).asString();
  }

  private static @Nullable String optional(Map<String, Json> members, String name) {
    Json value = member(members, name);
    return value.isNull() ? null : value.asString();
  }
}
