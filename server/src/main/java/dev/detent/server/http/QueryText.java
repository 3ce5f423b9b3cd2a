// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import dev.detent.DetentException;
import dev.detent.codec.DurationText;
import dev.detent.engine.Engine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Holds the parameters of a query. Unknown ones are ignored; a known one that is given twice or
/// has a bad value is refused.
final class QueryText {
  private static final int LIMIT_MAX = 1_000;

  private final Map<String, List<String>> values;

  private QueryText(Map<String, List<String>> values) {
    this.values = values;
  }

  /// Reads a raw query; `+` is a blank.
  ///
  /// @throws dev.detent.RefusedException BAD_REQUEST for bad percent-encoding
  static QueryText parse(String raw) {
    var values = new LinkedHashMap<String, List<String>>();
    for (int from = 0; from < raw.length(); ) {
      int and = raw.indexOf('&', from);
      int to = and < 0 ? raw.length() : and;
      int equals = raw.indexOf('=', from);
      int end = equals < 0 || equals > to ? to : equals;
      String name = decode(raw, from, end);
      String value = end == to ? "" : decode(raw, end + 1, to);
      values.computeIfAbsent(name, any -> new ArrayList<>(1)).add(value);
      from = to + 1;
    }
    return new QueryText(values);
  }

  /// Returns a parameter's value, or null if it is not given.
  @Nullable String value(String name) {
    List<String> all = values.get(name);
    if (all == null) {
      return null;
    }
    if (all.size() > 1) {
      throw Refusals.bad(name + ": expected one value, got " + all.size() + "; give it once");
    }
    return all.get(0);
  }

  /// Returns `limit`: 1 to 1,000, 100 if it is not given.
  int limit() {
    String text = value("limit");
    if (text == null) {
      return 100;
    }
    long limit = digits(text);
    if (limit < 1 || limit > LIMIT_MAX) {
      throw Refusals.bad("limit: expected 1 to " + LIMIT_MAX + ", got '" + text + "'");
    }
    return (int) limit;
  }

  /// Returns `delay`: 0 to 3,650 days, 0 if it is not given.
  Duration delay() {
    Duration delay = duration("delay");
    if (delay.compareTo(Engine.DELAY_MAX) > 0) {
      throw Refusals.bad("delay: expected at most 3650d, got '" + value("delay") + "'");
    }
    return delay;
  }

  /// Returns a duration, 0 if it is not given.
  Duration duration(String name) {
    String text = value(name);
    if (text == null) {
      return Duration.ZERO;
    }
    try {
      return DurationText.parse(text);
    } catch (DetentException e) {
      throw Refusals.bad(name + ": " + e.problem().detail());
    }
  }

  /// Returns the number that plain digits spell, or -1 if the text is none or too large.
  static long digits(String text) {
    if (text.isEmpty() || text.length() > 18) {
      return -1;
    }
    long number = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      number = number * 10 + digit;
    }
    return number;
  }

  private static String decode(String raw, int from, int to) {
    String blanks = raw.substring(from, to).replace('+', ' ');
    return Percent.decode(blanks, 0, blanks.length());
  }
}
