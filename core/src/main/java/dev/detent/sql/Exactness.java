// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.codec.Json;
import dev.detent.store.MappedColumn.Kind;
import java.math.BigDecimal;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAccessor;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Compares values with columns: what a column would cut is refused, and what it spells in another
/// way counts as the same.
final class Exactness {
  private static final int YEAR_MAX = 9999;

  private Exactness() {}

  /// Refuses a value that the column would hold only a part of.
  static void require(FoundColumn column, Kind kind, Object value) throws SQLException {
    switch (kind) {
      case DECIMAL -> requireDigits(column, ((BigDecimal) value).stripTrailingZeros());
      case INSTANT -> requireTime(column, value, nanos((Instant) value));
      case OFFSET -> requireOffset(column, (OffsetDateTime) value);
      case DATE_TIME -> requireTime(column, value, nanos((LocalDateTime) value));
      case TIME -> requireFraction(column, value, nanos((LocalTime) value));
      case OFFSET_TIME -> requireOffset(column, (OffsetTime) value);
      case TEXT -> requireRoom(column, (String) value);
      default -> {}
    }
  }

  private static void requireRoom(FoundColumn column, String text) throws SQLException {
    int length = text.codePointCount(0, text.length());
    if (column.size() > 0 && length > column.size()) {
      throw cut(column, "at most " + column.size() + " characters", length);
    }
    boolean filled = column.family().equals("bpchar") || column.family().equals("char");
    if (filled && text.endsWith(" ")) {
      throw cut(column, "no blank at the end", "'" + text + "'");
    }
  }

  private static void requireOffset(FoundColumn column, OffsetDateTime value) throws SQLException {
    requireRoom(column, value.toString());
    if (column.scale() >= 0) {
      requireTime(column, value.toInstant(), nanos(value));
    }
  }

  private static void requireOffset(FoundColumn column, OffsetTime value) throws SQLException {
    requireRoom(column, value.toString());
    if (column.scale() >= 0) {
      requireFraction(column, value, nanos(value));
    }
  }

  private static int nanos(TemporalAccessor time) {
    return time.get(ChronoField.NANO_OF_SECOND);
  }

  private static void requireDigits(FoundColumn column, BigDecimal value) throws SQLException {
    if (column.scale() >= 0 && value.scale() > column.scale()) {
      throw cut(column, "at most " + column.scale() + " digits after the point", value);
    }
    if (column.scale() < 0) {
      requireBinary(column, value);
      return;
    }
    int before = value.precision() - value.scale();
    if (column.size() > 0 && before > column.size() - column.scale()) {
      int most = column.size() - column.scale();
      throw cut(column, "at most " + most + " digits before the point", value);
    }
  }

  /// A column without decimals of its own holds a binary fraction.
  private static void requireBinary(FoundColumn column, BigDecimal value) throws SQLException {
    boolean same = Double.isFinite(value.doubleValue());
    same = same && new BigDecimal(Double.toString(value.doubleValue())).compareTo(value) == 0;
    if (column.size() > 0 && (value.precision() > column.size() || !same)) {
      throw cut(column, "at most " + column.size() + " digits; make it text for more", value);
    }
  }

  private static void requireTime(FoundColumn column, Object value, int nanos) throws SQLException {
    int year =
        value instanceof LocalDateTime time
            ? time.getYear()
            : ((Instant) value).atOffset(java.time.ZoneOffset.UTC).getYear();
    if (year < 1 || year > YEAR_MAX) {
      throw cut(column, "a year from 1 to " + YEAR_MAX, value);
    }
    requireFraction(column, value, nanos);
  }

  private static void requireFraction(FoundColumn column, Object value, int nanos)
      throws SQLException {
    if (nanos % unit(column) != 0) {
      throw cut(column, "at most " + column.scale() + " digits of a second", value);
    }
  }

  private static int unit(FoundColumn column) {
    int unit = 1;
    for (int digits = column.scale() < 0 ? 9 : column.scale(); digits < 9; digits++) {
      unit *= 10;
    }
    return unit;
  }

  /// Returns a time of ours, whose finer digits mean nothing to anybody, as the column holds it.
  static Instant rounded(FoundColumn column, long epochMs) {
    Instant time = Instant.ofEpochMilli(epochMs);
    return column.scale() >= 3 || column.scale() < 0 ? time : time.truncatedTo(ChronoUnit.SECONDS);
  }

  private static SQLDataException cut(FoundColumn column, String expected, Object got) {
    return new SQLDataException(
        "column %s (%s): expected %s, got %s; nothing is cut"
            .formatted(column.name(), column.type(), expected, got),
        "22001");
  }

  /// Tells whether two values of a column mean the same.
  static boolean same(Kind kind, @Nullable Object one, @Nullable Object other) {
    if (one == null || other == null) {
      return one == null && other == null;
    }
    if (one.getClass() != other.getClass()) {
      return false;
    }
    return switch (kind) {
      case OFFSET -> ((OffsetDateTime) one).isEqual((OffsetDateTime) other);
      case OFFSET_TIME -> ((OffsetTime) one).isEqual((OffsetTime) other);
      case DECIMAL -> ((BigDecimal) one).compareTo((BigDecimal) other) == 0;
      case FLOAT, DOUBLE ->
          one.equals(other) || ((Number) one).doubleValue() == ((Number) other).doubleValue();
      case BYTES -> Arrays.equals((byte[]) one, (byte[]) other);
      case JSON ->
          Objects.equals(
              Json.parse((String) one).fingerprint(), Json.parse((String) other).fingerprint());
      default -> one.equals(other);
    };
  }
}
