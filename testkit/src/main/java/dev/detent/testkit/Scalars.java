// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Makes values that have no parts, plain ones often and odd ones now and then.
final class Scalars {
  private static final List<String> WORDS =
      List.of(
          "a",
          "blue",
          "Ann",
          "x-1",
          "two words",
          "\u00e9t\u00e9",
          "O'Neill \"q\" \\ %_",
          "\u72b6\u6001");
  private static final List<Integer> NUMBERS = List.of(1, 2, 3, 10, 42, 100, 127, 0, -1);
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final Map<Class<?>, Supplier<Object>> makers = new HashMap<>();
  private final RandomGenerator random;

  Scalars(RandomGenerator random) {
    this.random = random;
    numbers();
    times();
    put(() -> random.nextBoolean(), boolean.class, Boolean.class);
    put(() -> (char) ('a' + random.nextInt(26)), char.class, Character.class);
    put(() -> WORDS.get(random.nextInt(WORDS.size())), String.class, CharSequence.class);
    put(() -> new UUID(random.nextLong(), random.nextLong()), UUID.class);
    put(() -> URI.create("https://example.org/" + random.nextInt(1_000)), URI.class);
    put(this::bytes, byte[].class);
  }

  private void numbers() {
    put(() -> (byte) number(), byte.class, Byte.class);
    put(() -> (short) number(), short.class, Short.class);
    put(this::number, int.class, Integer.class);
    put(() -> (long) number(), long.class, Long.class, Number.class);
    put(() -> (float) number(), float.class, Float.class);
    put(() -> (double) number() + 0.5, double.class, Double.class);
    put(() -> BigInteger.valueOf(number()), BigInteger.class);
    put(() -> BigDecimal.valueOf(number() * 100L + 25, 2), BigDecimal.class);
  }

  private void times() {
    put(this::time, Instant.class);
    put(() -> time().atOffset(ZoneOffset.UTC), OffsetDateTime.class);
    put(() -> time().atZone(ZoneOffset.UTC), ZonedDateTime.class);
    put(() -> LocalDateTime.ofInstant(time(), ZoneOffset.UTC), LocalDateTime.class);
    put(() -> LocalDate.ofInstant(time(), ZoneOffset.UTC), LocalDate.class);
    put(() -> LocalTime.ofSecondOfDay(random.nextInt(86_400)), LocalTime.class);
    put(() -> Duration.ofSeconds(1 + random.nextInt(10_000)), Duration.class);
  }

  private void put(Supplier<Object> maker, Class<?>... types) {
    for (Class<?> type : types) {
      makers.put(type, maker);
    }
  }

  private int number() {
    return NUMBERS.get(random.nextInt(NUMBERS.size()));
  }

  private Instant time() {
    return START.plusSeconds(random.nextInt(365 * 86_400));
  }

  private byte[] bytes() {
    var bytes = new byte[1 + random.nextInt(8)];
    random.nextBytes(bytes);
    return bytes;
  }

  /// Returns a value, or null for a type that is none of these.
  @Nullable Object of(Class<?> type) {
    Supplier<Object> maker = makers.get(type);
    return maker == null ? null : maker.get();
  }
}
