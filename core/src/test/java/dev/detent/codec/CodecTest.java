// SPDX-License-Identifier: Apache-2.0
package dev.detent.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.detent.ErrorCode;
import dev.detent.FailedException;
import dev.detent.RefusedException;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

final class CodecTest {
  sealed interface Shape {
    sealed interface Round extends Shape {}

    record Circle(BigDecimal radius) implements Round {}

    record Square(int side) implements Shape {}
  }

  enum Colour {
    RED,
    GREEN
  }

  record Item(String name, long count, @Nullable BigDecimal price) {
    Item {
      if (count < 0) {
        throw new IllegalArgumentException("count must not be negative");
      }
    }
  }

  record Order(String zuid, List<Item> items, Optional<String> note, Map<String, Shape> shapes) {}

  record Times(Instant at, Duration length, LocalDate day, UUID id, Colour colour, boolean on) {}

  record Numbers(BigDecimal decimal, BigInteger whole, double floating, byte small) {}

  record Fragile(String text) {
    Fragile {
      throw new IllegalStateException();
    }
  }

  private static final Codec CODEC = Codec.standard();

  private static List<Arguments> values() {
    return List.of(
        Arguments.of(
            new Order(
                "z",
                List.of(new Item("a", 1, new BigDecimal("1.50")), new Item("b", 2, null)),
                Optional.of("n"),
                Map.of("s", new Shape.Square(3))),
            "{\"zuid\":\"z\",\"items\":[{\"name\":\"a\",\"count\":1,\"price\":1.50},"
                + "{\"name\":\"b\",\"count\":2,\"price\":null}],\"note\":\"n\","
                + "\"shapes\":{\"s\":{\"type\":\"Square\",\"side\":3}}}"),
        Arguments.of(
            new Order("z", List.of(), Optional.empty(), Map.of()),
            "{\"zuid\":\"z\",\"items\":[],\"note\":null,\"shapes\":{}}"),
        Arguments.of(
            new Times(
                Instant.parse("2026-01-31T12:00:00.123456789Z"),
                Duration.ofMinutes(90),
                LocalDate.of(2026, 2, 1),
                new UUID(1, 2),
                Colour.GREEN,
                true),
            "{\"at\":\"2026-01-31T12:00:00.123456789Z\",\"length\":\"PT1H30M\","
                + "\"day\":\"2026-02-01\",\"id\":\"00000000-0000-0001-0000-000000000002\","
                + "\"colour\":\"GREEN\",\"on\":true}"),
        Arguments.of(
            new Numbers(
                new BigDecimal("12345678901234567890.12345678901234567890"),
                new BigInteger("123456789012345678901234567890"),
                0.1,
                (byte) -128),
            "{\"decimal\":12345678901234567890.12345678901234567890,"
                + "\"whole\":123456789012345678901234567890,\"floating\":0.1,\"small\":-128}"),
        Arguments.of(new Shape.Circle(new BigDecimal("1E+3")), "{\"radius\":1E+3}"),
        Arguments.of("text", "\"text\""),
        Arguments.of(7, "7"));
  }

  @ParameterizedTest
  @MethodSource("values")
  void writesAndReadsBackWithoutLoss(Object value, String text) {
    assertThat(CODEC.write(value).text()).isEqualTo(text);
    assertThat(CODEC.read(Json.parse(text), value.getClass())).isEqualTo(value);
    assertThat(CODEC.readStored(Json.parse(text), value.getClass())).isEqualTo(value);
  }

  @Test
  void writesAnUnpairedSurrogateAsAnEscapeSinceUtf8HasNone() {
    String odd = "a\ud800b\udc00\ud83d\ude00";
    Json written = Codec.standard().write(odd);
    assertThat(written.text()).isEqualTo("\"a\\ud800b\\udc00\ud83d\ude00\"");
    assertThat(Codec.standard().read(written, String.class)).isEqualTo(odd);
  }

  @Test
  void tellsTheRecordsOfASealedInterfaceApartWhereThatIsTheDeclaredType() {
    Shape circle = new Shape.Circle(BigDecimal.TEN);
    Json written = CODEC.write(circle, Shape.class);
    assertThat(written.text()).isEqualTo("{\"type\":\"Circle\",\"radius\":10}");
    assertThat(CODEC.read(written, Shape.class)).isEqualTo(circle);
    assertThat(CODEC.read(written, Shape.Round.class)).isEqualTo(circle);
    assertThat(CODEC.write(circle, Object.class).text()).isEqualTo("{\"radius\":10}");
  }

  @Test
  void passesJsonThroughAsItIs() {
    Json json = Json.parse("{\"a\":1.00}");
    assertThat(CODEC.write(json)).isSameAs(json);
    assertThat(CODEC.write(json, Json.class)).isSameAs(json);
    assertThat(CODEC.read(json, Json.class)).isSameAs(json);
    assertThat(CODEC.write(null)).isEqualTo(Json.NULL);
  }

  private static Arguments misfit(Type type, String json, String path, String message) {
    return Arguments.of(type, json, path, message);
  }

  private static List<Arguments> misfits() {
    return Stream.of(ofLists(), ofMaps(), ofTimes(), ofOthers()).flatMap(List::stream).toList();
  }

  private static List<Arguments> ofLists() {
    String item = "{\"zuid\":\"z\",\"items\":[%s],\"note\":null,\"shapes\":{}}";
    return List.of(
        misfit(
            Order.class,
            item.formatted("{\"name\":\"a\",\"count\":\"x\"}"),
            "/items/0/count",
            "expected a whole number of at most 64 bits, got \"x\""),
        misfit(
            Order.class,
            item.formatted("{\"name\":\"a\",\"count\":1.5}"),
            "/items/0/count",
            "expected a whole number of at most 64 bits, got 1.5"),
        misfit(
            Order.class,
            item.formatted("{\"name\":\"a\",\"count\":\"1\"}"),
            "/items/0/count",
            "expected a whole number of at most 64 bits, got \"1\""),
        misfit(
            Order.class,
            item.formatted("{\"name\":\"a\",\"count\":9223372036854775808}"),
            "/items/0/count",
            "expected a whole number of at most 64 bits, got 9223372036854775808"),
        misfit(
            Order.class,
            item.formatted("{\"name\":\"a\",\"count\":1e999999999}"),
            "/items/0/count",
            "expected a whole number of at most 64 bits, got 1e999999999"),
        misfit(
            Order.class,
            item.formatted("{\"name\":\"a\"}"),
            "/items/0/count",
            "expected a whole number of at most 64 bits, got nothing"),
        misfit(
            Order.class,
            item.formatted("{\"name\":\"a\",\"count\":null}"),
            "/items/0/count",
            "expected a whole number of at most 64 bits, got null"),
        misfit(
            Order.class,
            item.formatted("{\"name\":\"a\",\"count\":1,\"price\":\"12\"}"),
            "/items/0/price",
            "expected a number, got \"12\""),
        misfit(
            Order.class,
            item.formatted("{\"name\":\"a\",\"count\":1,\"price\":\"\"}"),
            "/items/0/price",
            "expected a number, got \"\""),
        misfit(
            Order.class,
            item.formatted("{\"name\":5,\"count\":1}"),
            "/items/0/name",
            "expected text, got 5"),
        misfit(
            Order.class,
            item.formatted("{\"name\":\"a\",\"count\":1,\"prize\":5}"),
            "/items/0/prize",
            "expected only the members count, name, price, got \"prize\""),
        misfit(
            Order.class,
            item.formatted("{\"name\":\"a\",\"count\":-1}"),
            "/items/0",
            "count must not be negative"),
        misfit(Order.class, item.formatted("[1]"), "/items/0", "expected an object, got [1]"));
  }

  private static List<Arguments> ofMaps() {
    String shape = "{\"zuid\":\"z\",\"items\":[],\"note\":null,\"shapes\":{\"a/b~\":%s}}";
    return List.of(
        misfit(
            Order.class,
            shape.formatted("{\"type\":\"Cube\"}"),
            "/shapes/a~1b~0",
            "expected an object whose member \"type\" is one of Circle, Square, got"
                + " {\"type\":\"Cube\"}"),
        misfit(
            Order.class,
            shape.formatted("{\"side\":1}"),
            "/shapes/a~1b~0",
            "expected an object whose member \"type\" is one of Circle, Square, got {\"side\":1}"),
        misfit(
            Order.class,
            shape.formatted("{\"type\":\"Square\",\"side\":true}"),
            "/shapes/a~1b~0/side",
            "expected a whole number from -2147483648 to 2147483647, got true"));
  }

  private static List<Arguments> ofTimes() {
    String times = "{\"at\":%s,\"length\":%s,\"day\":null,\"id\":%s,\"colour\":%s,\"on\":%s}";
    return List.of(
        misfit(
            Times.class,
            times.formatted("\"noon\"", "null", "null", "null", "true"),
            "/at",
            "expected a time such as \"2026-01-31T12:00:00Z\", got \"noon\""),
        misfit(
            Times.class,
            times.formatted("null", "\"long\"", "null", "null", "true"),
            "/length",
            "expected a duration such as \"PT30S\", got \"long\""),
        misfit(
            Times.class,
            times.formatted("null", "null", "\"x\"", "null", "true"),
            "/id",
            "expected a UUID, got \"x\""),
        misfit(
            Times.class,
            times.formatted("null", "null", "null", "\"BLUE\"", "true"),
            "/colour",
            "expected one of RED, GREEN, got \"BLUE\""),
        misfit(
            Times.class,
            times.formatted("null", "null", "null", "1", "true"),
            "/colour",
            "expected one of RED, GREEN, got 1"),
        misfit(
            Times.class,
            times.formatted("null", "null", "null", "null", "\"true\""),
            "/on",
            "expected true or false, got \"true\""),
        misfit(
            Times.class,
            times.formatted("null", "null", "null", "null", "1"),
            "/on",
            "expected true or false, got 1"));
  }

  private static List<Arguments> ofOthers() {
    return List.of(
        misfit(Order.class, "{\"items\":{}}", "/items", "expected a list, got {}"),
        misfit(Order.class, "[]", "", "expected an object, got []"),
        misfit(Order.class, "null", "", "expected an object, got nothing"),
        misfit(
            int.class,
            "null",
            "",
            "expected a whole number from -2147483648 to 2147483647, got nothing"),
        misfit(
            int.class,
            "3000000000",
            "",
            "expected a whole number from -2147483648 to 2147483647, got 3000000000"),
        misfit(String.class, "1", "", "expected text, got 1"),
        misfit(
            Numbers.class,
            "{\"decimal\":1,\"whole\":1,\"floating\":1,\"small\":300}",
            "/small",
            "expected a whole number from -128 to 255, got 300"),
        misfit(
            Numbers.class,
            "{\"decimal\":1e99999999999,\"whole\":1,\"floating\":1,\"small\":2}",
            "/decimal",
            "expected a value that can be computed with, got 1e99999999999"),
        misfit(
            Numbers.class,
            "{\"decimal\":1,\"whole\":1e999999999,\"floating\":1,\"small\":2}",
            "/whole",
            "expected a whole number, got 1e999999999"),
        misfit(BigDecimal.class, "1e99999999999", "", "expected a number, got 1e99999999999"),
        misfit(
            BigDecimal.class,
            "1".repeat(2_000),
            "",
            "expected a value that can be computed with, got " + "1".repeat(57) + "..."),
        misfit(Fragile.class, "{\"text\":\"a\"}", "", "refused with IllegalStateException"));
  }

  @ParameterizedTest
  @MethodSource("misfits")
  void refusesWhatDoesNotFitAndSaysWhere(Type type, String json, String path, String message) {
    var refused =
        catchThrowableOfType(RefusedException.class, () -> CODEC.read(Json.parse(json), type));
    String where = path.isEmpty() ? "input: " : "input " + path + ": ";
    assertThat(refused).hasMessage(where + message);
    assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_INPUT);
    assertThat(refused.problem().members()).containsEntry("path", path);
  }

  @Test
  void readsNothingWhereTheTypeHasSomethingForIt() {
    Type optional =
        JsonMapper.shared().getTypeFactory().constructParametricType(Optional.class, String.class);
    assertThat(CODEC.read(Json.NULL, optional)).isEqualTo(Optional.empty());
  }

  @Test
  void ignoresUnknownMembersOfWhatWasStored() {
    Json stored = Json.parse("{\"side\":1,\"colour\":\"RED\"}");
    assertThat(CODEC.readStored(stored, Shape.Square.class)).isEqualTo(new Shape.Square(1));

    var failed =
        catchThrowableOfType(
            FailedException.class, () -> CODEC.readStored(Json.EMPTY, Shape.Square.class));
    assertThat(failed.code()).isEqualTo(ErrorCode.INTERNAL);
    assertThat(failed)
        .hasMessageContaining("Square/side: expected a whole number")
        .hasMessageContaining("got nothing");
  }

  @Test
  void usesAMapperOfTheCallers() {
    var mapper =
        JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.UPPER_CAMEL_CASE)
            .enable(tools.jackson.databind.SerializationFeature.INDENT_OUTPUT)
            .build();
    Codec codec = Codec.of(mapper);
    assertThat(codec.write(new Shape.Square(2)).text()).isEqualTo("{\"Side\":2}");
    assertThat(codec.read(Json.parse("{\"Side\":2}"), Shape.Square.class))
        .isEqualTo(new Shape.Square(2));
    assertThat(
            catchThrowableOfType(
                RefusedException.class,
                () -> codec.read(Json.parse("{\"Side\":2,\"x\":1}"), Shape.Square.class)))
        .hasMessage("input /x: expected only the members Side, got \"x\"");
  }

  @Test
  void remembersWhatItDecoded() {
    Value value = Value.of(Json.parse("{\"side\":1}"));
    Object first = value.as(Shape.Square.class, CODEC);
    assertThat(value.as(Shape.Square.class, CODEC)).isSameAs(first);

    var square = new Shape.Square(5);
    Value written = Value.of(square, CODEC);
    assertThat(written.as(Shape.Square.class, CODEC)).isSameAs(square);
    assertThat(written.json().text()).isEqualTo("{\"side\":5}");
  }
}
