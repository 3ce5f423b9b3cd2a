// SPDX-License-Identifier: Apache-2.0
package dev.detent.codec;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.databind.exc.InvalidTypeIdException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/// Says in our words why JSON does not fit a type, and where.
///
/// @param path the place as a JSON pointer, empty for the whole
/// @param message what was expected there and what came
record Misfit(String path, String message) {
  private static final int SHOWN_MAX = 60;

  private static final Map<Class<?>, String> WORDS =
      Map.ofEntries(
          Map.entry(double.class, "a number"),
          Map.entry(Double.class, "a number"),
          Map.entry(float.class, "a number"),
          Map.entry(Float.class, "a number"),
          Map.entry(java.math.BigDecimal.class, "a number"),
          Map.entry(java.math.BigInteger.class, "a whole number"),
          Map.entry(boolean.class, "true or false"),
          Map.entry(Boolean.class, "true or false"),
          Map.entry(String.class, "text"),
          Map.entry(char.class, "one character"),
          Map.entry(Character.class, "one character"),
          Map.entry(UUID.class, "a UUID"),
          Map.entry(Instant.class, "a time such as \"2026-01-31T12:00:00Z\""),
          Map.entry(OffsetDateTime.class, "a time such as \"2026-01-31T12:00:00+01:00\""),
          Map.entry(ZonedDateTime.class, "a time such as \"2026-01-31T12:00:00+01:00\""),
          Map.entry(LocalDateTime.class, "a time such as \"2026-01-31T12:00:00\""),
          Map.entry(LocalDate.class, "a date such as \"2026-01-31\""),
          Map.entry(LocalTime.class, "a time such as \"12:00:00\""),
          Map.entry(Duration.class, "a duration such as \"PT30S\""));

  private static final Map<Class<?>, Class<?>> WHOLE =
      Map.of(
          int.class, Integer.class,
          long.class, Long.class,
          short.class, Short.class,
          byte.class, Byte.class);

  /// Explains an exception that reading a value threw.
  static Misfit of(Json json, JacksonException e) {
    List<String> steps = steps(e);
    String path = steps.stream().map(Misfit::escaped).collect(Collectors.joining());
    String own = ownMessage(e);
    String expected =
        own == null ? "expected " + expected(e) + ", got " + got(json, steps, e) : own;
    return new Misfit(path, expected);
  }

  /// Explains that there is nothing at all.
  static Misfit missing(Class<?> type) {
    return new Misfit("", "expected " + word(type) + ", got nothing");
  }

  private static List<String> steps(JacksonException e) {
    return e.getPath().stream()
        .map(step ->
            step.getPropertyName() == null
                ? Integer.toString(step.getIndex())
                : step.getPropertyName())
        .toList();
  }

  private static String escaped(String step) {
    return "/" + step.replace("~", "~0").replace("/", "~1");
  }

  /// Returns the message of an exception thrown by a constructor of the user's, if that is it.
  private static @Nullable String ownMessage(JacksonException e) {
    Throwable cause = e.getCause();
    while (cause instanceof JacksonException) {
      cause = cause.getCause();
    }
    if (cause == null || isParser(cause)) {
      return null;
    }
    String message = cause.getMessage();
    return message == null ? "refused with " + cause.getClass().getSimpleName() : message;
  }

  /// Tells whether the JDK's own parsing failed, not the user's code.
  private static boolean isParser(Throwable cause) {
    return cause instanceof java.time.DateTimeException
        || cause instanceof NumberFormatException
        || (cause.getStackTrace().length > 0
            && cause.getStackTrace()[0].getClassName().startsWith("java.util.UUID"));
  }

  private static String expected(JacksonException e) {
    return switch (e) {
      case UnrecognizedPropertyException unknown -> knownMembers(unknown);
      case InvalidTypeIdException type -> typeNames(type);
      case MismatchedInputException mismatch when mismatch.getTargetType() != null ->
          word(mismatch.getTargetType());
      case InputCoercionException overflow -> word(overflow.getTargetType());
      default -> "a value that can be computed with";
    };
  }

  private static String knownMembers(UnrecognizedPropertyException e) {
    Collection<Object> known = e.getKnownPropertyIds();
    if (known == null || known.isEmpty()) {
      return "no members";
    }
    return known.stream()
        .map(Object::toString)
        .sorted()
        .collect(Collectors.joining(", ", "only the members ", ""));
  }

  private static String typeNames(InvalidTypeIdException e) {
    Class<?> base = e.getBaseType() == null ? Object.class : e.getBaseType().getRawClass();
    String names =
        SealedTypes.isSealedInterface(base)
            ? SealedTypes.leaves(base).stream()
                .map(Class::getSimpleName)
                .collect(Collectors.joining(", ", "one of ", ""))
            : "a known name";
    return "an object whose member \"" + SealedTypes.MEMBER + "\" is " + names;
  }

  private static String word(Class<?> type) {
    String known = WORDS.get(type);
    if (known != null) {
      return known;
    } else if (WHOLE.containsKey(type) || WHOLE.containsValue(type)) {
      String name = WHOLE.getOrDefault(type, type).getSimpleName().toLowerCase(Locale.ROOT);
      return "a whole number" + range(name);
    } else if (type.isEnum()) {
      return Stream.of(type.getEnumConstants())
          .map(Object::toString)
          .collect(Collectors.joining(", ", "one of ", ""));
    } else if (type.isArray() || Collection.class.isAssignableFrom(type)) {
      return "a list";
    }
    return "an object";
  }

  private static String range(String name) {
    return switch (name) {
      case "byte" -> " from -128 to 255";
      case "short" -> " from -32768 to 32767";
      case "integer" -> " from " + Integer.MIN_VALUE + " to " + Integer.MAX_VALUE;
      default -> " of at most 64 bits";
    };
  }

  private static String got(Json json, List<String> steps, JacksonException e) {
    if (e instanceof UnrecognizedPropertyException) {
      return '"' + steps.getLast() + '"';
    }
    if (json.isNull()) {
      return "nothing";
    }
    Json found = json;
    for (String step : steps) {
      Json inner = inner(found, step);
      if (inner == null) {
        return "nothing";
      }
      found = inner;
    }
    String text = found.text();
    return text.length() <= SHOWN_MAX ? text : text.substring(0, SHOWN_MAX - 3) + "...";
  }

  private static @Nullable Json inner(Json json, String step) {
    if (json.isObject()) {
      return json.members().get(step);
    } else if (json.isArray()) {
      int index = Integer.parseInt(step);
      return index < json.elements().size() ? json.elements().get(index) : null;
    }
    return null;
  }
}
