// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import dev.detent.annotation.ColumnConverter;
import dev.detent.codec.Codec;
import dev.detent.codec.Json;
import dev.detent.codec.OlderTimes;
import dev.detent.store.MappedColumn.Kind;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.sql.Date;
import java.sql.Time;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Says what a Java type is in a column, and turns its values into that and back.
///
/// @param kind what the column holds
/// @param out turns a value into what the column holds
/// @param in turns what the column holds into a value
record ColumnForm(Kind kind, Function<Object, Object> out, Function<Object, Object> in) {
  private static final Map<Class<?>, ColumnForm> KNOWN = new HashMap<>();

  static {
    whole(Kind.SHORT, byte.class, Byte.class, number -> narrow(number, Byte.MIN_VALUE, 127));
    whole(Kind.SHORT, short.class, Short.class, number -> (short) narrow(number, -32768, 32767));
    whole(Kind.INT, int.class, Integer.class, Math::toIntExact);
    whole(Kind.LONG, long.class, Long.class, number -> number);
    same(Kind.INTEGER, BigInteger.class);
    same(Kind.DECIMAL, BigDecimal.class);
    same(Kind.FLOAT, float.class, Float.class);
    same(Kind.DOUBLE, double.class, Double.class);
    same(Kind.BOOLEAN, boolean.class, Boolean.class);
    same(Kind.TEXT, String.class);
    same(Kind.INSTANT, Instant.class);
    same(Kind.OFFSET, OffsetDateTime.class);
    same(Kind.OFFSET_TIME, OffsetTime.class);
    same(Kind.DATE, LocalDate.class);
    same(Kind.DATE_TIME, LocalDateTime.class);
    same(Kind.TIME, LocalTime.class);
    same(Kind.UUID, UUID.class);
    same(Kind.BYTES, byte[].class);
    text(Duration.class, Duration::parse);
    text(ZonedDateTime.class, ZonedDateTime::parse);
    text(URI.class, URI::create);
    older();
    ColumnForm character =
        new ColumnForm(Kind.TEXT, Object::toString, text -> character((String) text));
    KNOWN.put(char.class, character);
    KNOWN.put(Character.class, character);
  }

  /// Adds the types that JDBC had before those of `java.time`.
  private static void older() {
    made(Kind.INSTANT, java.util.Date.class, value -> value.toInstant(), java.util.Date::from);
    made(Kind.DATE, Date.class, Date::toLocalDate, Date::valueOf);
    made(Kind.TIME, Time.class, OlderTimes::time, OlderTimes::time);
    made(Kind.DATE_TIME, Timestamp.class, Timestamp::toLocalDateTime, Timestamp::valueOf);
    made(Kind.TEXT, URL.class, URL::toString, ColumnForm::address);
  }

  private static URL address(String text) {
    try {
      return URI.create(text).toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException("expected a URL, got '" + text + "'", e);
    }
  }

  /// Returns what a column holds for a type, or null if it can't hold that.
  ///
  /// @param type the erased type of a component; not an `Optional`
  static @Nullable Kind kind(TypeView type) {
    for (Map.Entry<Class<?>, ColumnForm> known : KNOWN.entrySet()) {
      if (type.is(known.getKey())) {
        return known.getValue().kind;
      }
    }
    if (type.form() == TypeView.Form.ENUM) {
      return Kind.TEXT;
    }
    return isDocument(type) ? Kind.JSON : null;
  }

  private static boolean isDocument(TypeView type) {
    boolean own = !type.name().startsWith("java.");
    return type.is(Json.class)
        || type.form() == TypeView.Form.RECORD
        || type.name().endsWith("[]")
        || (type.form() == TypeView.Form.SEALED_INTERFACE && own)
        || type.isA(Collection.class)
        || type.isA(Map.class);
  }

  /// Returns the form of a type.
  ///
  /// @param type the type of a component for which there is a [#kind]; not an `Optional`
  /// @param codec writes what becomes a document
  static ColumnForm of(Type type, Codec codec) {
    if (type instanceof Class<?> c && KNOWN.containsKey(c)) {
      return KNOWN.get(c);
    } else if (type instanceof Class<?> c && c.isEnum()) {
      return new ColumnForm(
          Kind.TEXT, value -> ((Enum<?>) value).name(), text -> constant(c, (String) text));
    }
    return new ColumnForm(
        Kind.JSON,
        value -> codec.write(value, type).text(),
        text -> stored(codec, (String) text, type));
  }

  private static Object stored(Codec codec, String text, Type type) {
    return Objects.requireNonNull(codec.readStored(Json.parse(text), type), "document");
  }

  /// Returns the form of a component that has a converter.
  ///
  /// @param to the form of what the converter makes of it
  static ColumnForm of(ColumnConverter<Object, Object> converter, ColumnForm to) {
    return new ColumnForm(
        to.kind,
        value -> to.out.apply(Objects.requireNonNull(converter.toColumn(value), "converted")),
        value -> Objects.requireNonNull(converter.fromColumn(to.in.apply(value)), "converted"));
  }

  private static void same(Kind kind, Class<?>... types) {
    var form = new ColumnForm(kind, Function.identity(), Function.identity());
    Arrays.asList(types).forEach(type -> KNOWN.put(type, form));
  }

  private static void whole(
      Kind kind, Class<?> primitive, Class<?> boxed, Function<Long, Object> narrow) {
    var form =
        new ColumnForm(
            kind, value -> ((Number) value).longValue(), value -> narrow.apply((Long) value));
    KNOWN.put(primitive, form);
    KNOWN.put(boxed, form);
  }

  private static byte narrow(long number, byte min, int max) {
    return (byte) narrow(number, (int) min, max);
  }

  private static int narrow(long number, int min, int max) {
    if (number < min || number > max) {
      throw new ArithmeticException("expected " + min + " to " + max + ", got " + number);
    }
    return (int) number;
  }

  @SuppressWarnings("unchecked") // a value is of its component's type, a column's of its kind
  private static <T, C> void made(Kind kind, Class<T> type, Function<T, C> out, Function<C, T> in) {
    KNOWN.put(
        type, new ColumnForm(kind, value -> out.apply((T) value), held -> in.apply((C) held)));
  }

  private static <T> void text(Class<T> type, Function<String, T> parse) {
    KNOWN.put(
        type, new ColumnForm(Kind.TEXT, Object::toString, text -> parse.apply((String) text)));
  }

  private static Object character(String text) {
    if (text.length() != 1) {
      throw new IllegalArgumentException("expected one character, got " + text.length());
    }
    return text.charAt(0);
  }

  private static Object constant(Class<?> type, String name) {
    for (Object constant : type.getEnumConstants()) {
      if (((Enum<?>) constant).name().equals(name)) {
        return constant;
      }
    }
    throw new IllegalArgumentException(
        "expected one of " + Arrays.toString(type.getEnumConstants()) + ", got '" + name + "'");
  }
}
