// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.door;

import dev.detent.codec.Json;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Writes compact JSON. Commas are set by it; that objects and arrays are closed is up to the
/// caller.
///
/// **Threads**: for one thread.
public final class JsonWriter {
  private static final String HEX = "0123456789abcdef";

  private final StringBuilder out;
  private boolean comma;

  /// Makes a writer with room for some characters at first.
  public JsonWriter(int capacity) {
    out = new StringBuilder(capacity);
  }

  /// Makes a writer.
  public JsonWriter() {
    this(256);
  }

  /// Opens an object or a list.
  public JsonWriter open(char bracket) {
    separate();
    out.append(bracket);
    comma = false;
    return this;
  }

  /// Closes an object or a list.
  public JsonWriter close(char bracket) {
    out.append(bracket);
    comma = true;
    return this;
  }

  /// Writes a member's name.
  public JsonWriter name(String name) {
    separate();
    quote(name);
    out.append(':');
    comma = false;
    return this;
  }

  /// Writes a string, or `null`.
  public JsonWriter string(@Nullable String value) {
    separate();
    if (value == null) {
      out.append("null");
    } else {
      quote(value);
    }
    return this;
  }

  /// Writes a number.
  public JsonWriter number(long value) {
    separate();
    out.append(value);
    return this;
  }

  /// Writes text that is JSON already.
  public JsonWriter raw(String json) {
    separate();
    out.append(json);
    return this;
  }

  /// Writes a time as ISO-8601 in UTC with milliseconds, or `null` for 0.
  public JsonWriter time(long ms) {
    separate();
    if (ms == 0) {
      out.append("null");
      return this;
    }
    var at = LocalDateTime.ofEpochSecond(Math.floorDiv(ms, 1000), 0, ZoneOffset.UTC);
    out.append('"');
    digits(at.getYear(), 4);
    out.append('-');
    digits(at.getMonthValue(), 2);
    out.append('-');
    digits(at.getDayOfMonth(), 2);
    out.append('T');
    digits(at.getHour(), 2);
    out.append(':');
    digits(at.getMinute(), 2);
    out.append(':');
    digits(at.getSecond(), 2);
    out.append('.');
    digits(Math.floorMod(ms, 1000), 3);
    out.append("Z\"");
    return this;
  }

  /// Writes a string, number, boolean, null, [Json], list or map of these.
  public JsonWriter value(@Nullable Object value) {
    switch (value) {
      case null -> string(null);
      case Json json -> raw(json.text());
      case Number number -> raw(number.toString());
      case Boolean flag -> raw(flag.toString());
      case Collection<?> list -> {
        open('[');
        list.forEach(this::value);
        close(']');
      }
      case Map<?, ?> map -> {
        open('{');
        map.forEach((name, member) -> name(String.valueOf(name)).value(member));
        close('}');
      }
      default -> string(value.toString());
    }
    return this;
  }

  /// Returns how many characters are written.
  public int length() {
    return out.length();
  }

  /// Returns what is written.
  @Override
  public String toString() {
    return out.toString();
  }

  private void separate() {
    if (comma) {
      out.append(',');
    }
    comma = true;
  }

  private void digits(int value, int width) {
    int unit = 1;
    for (int i = 1; i < width; i++) {
      unit *= 10;
    }
    for (; unit > 0; unit /= 10) {
      out.append((char) ('0' + value / unit % 10));
    }
  }

  private void quote(String value) {
    out.append('"');
    int from = 0;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < ' ' || c == '"' || c == '\\' || isUnpaired(value, i, c)) {
        out.append(value, from, i);
        escape(c);
        from = i + 1;
      }
    }
    out.append(value, from, value.length()).append('"');
  }

  private static boolean isUnpaired(String value, int i, char c) {
    if (!Character.isSurrogate(c)) {
      return false;
    }
    if (Character.isHighSurrogate(c)) {
      return i + 1 == value.length() || !Character.isLowSurrogate(value.charAt(i + 1));
    }
    return i == 0 || !Character.isHighSurrogate(value.charAt(i - 1));
  }

  private void escape(char c) {
    out.append('\\');
    switch (c) {
      case '"', '\\' -> out.append(c);
      case '\n' -> out.append('n');
      case '\r' -> out.append('r');
      case '\t' -> out.append('t');
      default -> {
        out.append('u');
        for (int shift = 12; shift >= 0; shift -= 4) {
          out.append(HEX.charAt((c >> shift) & 0xf));
        }
      }
    }
  }
}
