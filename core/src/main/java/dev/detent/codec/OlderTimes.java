// SPDX-License-Identifier: Apache-2.0
package dev.detent.codec;

import java.sql.Date;
import java.sql.Time;
import java.sql.Timestamp;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.temporal.ChronoField;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import tools.jackson.databind.deser.std.StdConvertingDeserializer;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdConvertingSerializer;
import tools.jackson.databind.util.StdConverter;

/// Says what the days and times of `java.sql` are in words of `java.time`: what they show in the
/// time zone of the process, to the last digit.
public final class OlderTimes {
  private static final long MS_PER_SECOND = TimeUnit.SECONDS.toMillis(1);

  private OlderTimes() {}

  /// Returns the time of day that a `Time` shows; it has three digits of a second.
  public static LocalTime time(Time value) {
    long ms = Math.floorMod(value.getTime(), MS_PER_SECOND);
    return value.toLocalTime().with(ChronoField.MILLI_OF_SECOND, ms);
  }

  /// Returns the `Time` that shows a time of day.
  ///
  /// @throws IllegalArgumentException if that has more than three digits of a second
  public static Time time(LocalTime value) {
    var time = new Time(Time.valueOf(value).getTime() + value.get(ChronoField.MILLI_OF_SECOND));
    if (!time(time).equals(value)) {
      throw new IllegalArgumentException(
          "expected at most 3 digits of a second for a java.sql.Time, got " + value);
    }
    return time;
  }

  /// Returns what writes and reads them as JSON.
  static SimpleModule module() {
    var module = new SimpleModule("detent-older-times");
    add(module, Date.class, LocalDate.class, Date::toLocalDate, Date::valueOf);
    add(module, Time.class, LocalTime.class, OlderTimes::time, OlderTimes::time);
    add(
        module,
        Timestamp.class,
        LocalDateTime.class,
        Timestamp::toLocalDateTime,
        Timestamp::valueOf);
    return module;
  }

  private static <O, N> void add(
      SimpleModule module,
      Class<O> older,
      Class<N> newer,
      Function<O, N> write,
      Function<N, O> read) {
    module.addSerializer(older, new StdConvertingSerializer(new Converting<>(older, newer, write)));
    module.addDeserializer(
        older, new StdConvertingDeserializer<>(new Converting<>(newer, older, read)));
  }

  /// Brings a value of one type into another.
  private static final class Converting<A, B> extends StdConverter<A, B> {
    private final Class<A> from;
    private final Class<B> to;
    private final Function<A, B> does;

    Converting(Class<A> from, Class<B> to, Function<A, B> does) {
      this.from = from;
      this.to = to;
      this.does = does;
    }

    @Override
    public B convert(A value) {
      return does.apply(value);
    }

    @Override
    public tools.jackson.databind.JavaType getInputType(
        tools.jackson.databind.type.TypeFactory types) {
      return types.constructType(from);
    }

    @Override
    public tools.jackson.databind.JavaType getOutputType(
        tools.jackson.databind.type.TypeFactory types) {
      return types.constructType(to);
    }
  }
}
