// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.detent.codec.Codec;
import dev.detent.codec.Json;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class SamplesTest {
  private final Samples samples = new Samples(7);

  record Everything(
      byte a,
      Short b,
      int c,
      Long d,
      float e,
      Double f,
      boolean g,
      char h,
      String i,
      BigInteger j,
      BigDecimal k,
      Instant l,
      OffsetDateTime m,
      ZonedDateTime n,
      LocalDate o,
      LocalDateTime p,
      LocalTime q,
      Duration r,
      UUID s,
      Optional<String> t,
      List<Box<Integer>> u,
      Set<Shape.Dot> v,
      Map<String, List<? extends Number>> w,
      Collection<Shape> x,
      Box<Shape>[] z) {}

  record Box<T>(T inside) {}

  sealed interface Shape {
    record Dot() implements Shape {}

    record Many(List<Shape> of, Shape first) implements Shape {}

    sealed interface Round extends Shape {
      record Circle(double radius) implements Round {}
    }
  }

  record Positive(int number) {
    Positive {
      if (number <= 0) {
        throw new IllegalArgumentException("expected more than nothing");
      }
    }
  }

  record Never(int number) {
    Never {
      if (number < 1_000_000) {
        throw new IllegalArgumentException("expected a million");
      }
    }
  }

  @Test
  void makesValuesThatSurviveJson() {
    Codec codec = Codec.standard();
    var shapes = new HashSet<Class<?>>();
    for (int i = 0; i < 200; i++) {
      var everything = (Everything) samples.of(Everything.class);
      everything.x().forEach(shape -> shapes.add(shape.getClass()));
      Json json = codec.write(everything, Everything.class);
      assertThat(codec.write(codec.read(json, Everything.class))).isEqualTo(json);
    }
    assertThat(shapes).contains(Shape.Dot.class, Shape.Many.class, Shape.Round.Circle.class);
  }

  @Test
  void triesAgainWhatAConstructorRefuses() {
    assertThat(((Positive) samples.of(Positive.class)).number()).isPositive();
    assertThatThrownBy(() -> samples.of(Never.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("sample of Never: expected values that its constructor takes")
        .hasMessageContaining("expected a million")
        .hasMessageContaining("give a generator for it");
    assertThatThrownBy(() -> samples.of(Thread.class)).hasMessageContaining("java.lang.Thread");
  }

  @Test
  void takesGeneratorsOfTheCaller() {
    samples.use(Never.class, random -> new Never(1_000_000 + random.nextInt(5)));
    assertThat(((Box<?>) samples.of(new Boxed().type())).inside()).isInstanceOf(Never.class);
  }

  private static final class Boxed {
    java.lang.reflect.Type type() {
      try {
        return Boxed.class.getDeclaredMethod("boxed").getGenericReturnType();
      } catch (NoSuchMethodException e) {
        throw new IllegalStateException(e);
      }
    }

    @SuppressWarnings("unused")
    Box<Never> boxed() {
      return new Box<>(new Never(1_000_000));
    }
  }
}
