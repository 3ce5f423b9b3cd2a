// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.detent.RefusedException;
import dev.detent.annotation.Column;
import dev.detent.annotation.ColumnConverter;
import dev.detent.annotation.Initial;
import dev.detent.annotation.StateMachine;
import dev.detent.annotation.Table;
import dev.detent.annotation.Transition;
import dev.detent.codec.Codec;
import dev.detent.codec.Value;
import dev.detent.store.MappedColumn.Kind;
import dev.detent.store.MappedState;
import dev.detent.store.MappedTable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class TableMappingTest {
  enum Colour {
    RED,
    GREEN
  }

  record Nested(String name, List<Integer> parts) {}

  static final class InWords implements ColumnConverter<Currency, String> {
    @Override
    public String toColumn(Currency value) {
      return value.getCurrencyCode();
    }

    @Override
    public Currency fromColumn(String value) {
      return Currency.getInstance(value);
    }
  }

  sealed interface Thing {
    record Made(
        byte tiny,
        short small,
        int number,
        Long big,
        BigInteger huge,
        BigDecimal price,
        float rough,
        Double fine,
        boolean yes,
        char letter,
        String text,
        Colour colour,
        Duration lasting)
        implements Thing {}

    record Timed(
        Instant at,
        LocalDate day,
        LocalDateTime dayTime,
        LocalTime time,
        OffsetDateTime offset,
        UUID uuid,
        byte[] bytes,
        Optional<String> perhaps,
        @Nullable Integer missing,
        Nested nested,
        Map<String, Nested> byName,
        @Column(value = "Its Currency", converter = InWords.class) Currency currency)
        implements Thing {}
  }

  private final Machine machine =
      Machine.define("thing", Thing.class)
          .initial(Thing.Made.class)
          .to(Thing.Timed.class)
          .table(TableDefinition.of("shop.things").state("status").version("lock"))
          .build();
  private final MappedTable table = Objects.requireNonNull(machine.table());

  @Test
  void namesColumnsInSnakeCase() {
    assertThat(table.name()).isEqualTo("shop.things");
    assertThat(table.stamps())
        .isEqualTo(new MappedTable.Stamps("lock", "created_at", "updated_at", null));
    assertThat(table.creating()).containsExactly("Made");
    assertThat(table.columns().keySet())
        .containsSubsequence("tiny", "lasting", "at", "day", "day_time", "by_name", "Its Currency");
    assertThat(Objects.requireNonNull(table.columns().get("nested")).kind()).isEqualTo(Kind.JSON);
    assertThat(TableRules.snake("httpURLPath")).isEqualTo("http_url_path");
    assertThat(TableRules.snake("orderID")).isEqualTo("order_id");
  }

  @Test
  void keepsEveryValueOfEveryType() {
    unchanged(
        new Thing.Made(
            (byte) -128,
            (short) 32767,
            Integer.MIN_VALUE,
            Long.MAX_VALUE,
            new BigInteger("123456789012345678901234567890"),
            new BigDecimal("1.500"),
            0.1f,
            Math.PI,
            true,
            'ß',
            "a \"quoted\" text",
            Colour.GREEN,
            Duration.ofMillis(1500)));
    unchanged(
        new Thing.Timed(
            Instant.parse("2026-01-02T03:04:05.123456789Z"),
            LocalDate.of(2026, 1, 2),
            LocalDateTime.of(2026, 1, 2, 3, 4, 5, 6),
            LocalTime.of(3, 4, 5, 6),
            OffsetDateTime.parse("2026-01-02T03:04:05.1+05:30"),
            UUID.fromString("01234567-89ab-cdef-0123-456789abcdef"),
            new byte[] {0, -1, 127},
            Optional.of("there"),
            null,
            new Nested("n", List.of(1, 2)),
            Map.of("a", new Nested("b", List.of())),
            Currency.getInstance("EUR")));
  }

  private void unchanged(Thing thing) {
    String data = Codec.standard().write(thing).text();
    MappedState state =
        Objects.requireNonNull(table.states().get(thing.getClass().getSimpleName()));
    assertThat(state.join(state.split(data))).isEqualTo(data);
  }

  @Test
  void showsWhatDoesNotFitAsItIs() {
    MappedState state = Objects.requireNonNull(table.states().get("Made"));
    @Nullable Object[] values = new @Nullable Object[state.columns().size()];
    values[0] = 1L;
    values[2] = 99_999_999_999L;
    values[11] = "BLUE";
    assertThat(state.join(values))
        .startsWith("{\"tiny\":1,\"small\":null,\"number\":99999999999,")
        .contains("\"colour\":\"BLUE\"");
  }

  @Test
  void takesKeysInTheirOneSpellingOnly() {
    assertThat(table.id("42")).isEqualTo(42L);
    assertThat(table.id("-9223372036854775808")).isEqualTo(Long.MIN_VALUE);
    assertThat(List.of("042", "+1", "-0", "9223372036854775808", "x", "1.0", " 1"))
        .allMatch(key -> table.id(key) == null);
  }

  @Test
  void refusesATimeThatIsMissingOrZero() {
    record Dummy() {}
    assertThat(Dummy.class).isNotNull();
    Machine timed =
        Machine.define("timed", Timed.class)
            .initial(Timed.Born.class)
            .table(TableDefinition.of("lives"))
            .build();
    timed.requireFits("Born", value(new Timed.Born(Instant.ofEpochMilli(1))));
    assertThatThrownBy(() -> timed.requireFits("Born", value(new Timed.Born(Instant.EPOCH))))
        .isInstanceOf(RefusedException.class)
        .hasMessage(
            "Born.createdAt: expected a time, got zero (1970-01-01T00:00:00Z); give one, or leave"
                + " the component out for Detent to set the column");
    assertThatThrownBy(() -> timed.requireFits("Born", value(new Timed.Born(null))))
        .hasMessageContaining("expected a time, got null");
  }

  sealed interface Timed {
    record Born(@Nullable Instant createdAt) implements Timed {}
  }

  private static Value value(Object state) {
    return Value.of(state, Codec.standard());
  }

  sealed interface Wrong {
    record A(String id, int amount, Thread thread, String status) implements Wrong {}

    record B(long amount, String createdAt, @Column("x") int one, @Column("x") int two)
        implements Wrong {}
  }

  @StateMachine("wrong")
  @Table(name = "wrong.", state = "status", version = "id")
  static final class WrongMachine {
    @Initial
    Wrong.A start() {
      return new Wrong.A("", 0, new Thread(), "");
    }

    @Transition
    Wrong.B go(Wrong.A from) {
      return new Wrong.B(from.amount(), "", 1, 2);
    }
  }

  @Test
  void reportsAllProblemsOfAMappingAtOnce() {
    var refused =
        catchThrowableOfType(RefusedException.class, () -> Machine.of(new WrongMachine()));
    List<?> problems =
        (List<?>) Objects.requireNonNull(refused.problem().members().get("problems"));
    assertThat(problems.stream().map(String::valueOf))
        .contains(
            "table wrong.: name: expected a table, or schema and table, got 'wrong.'",
            "table wrong.: column id: expected one use of it, got two",
            "table wrong.: A.id: expected a column of its own, got that of the id; take a Key",
            "table wrong.: A.thread: expected a type that a column can hold, got java.lang.Thread;"
                + " give @Column a converter",
            "table wrong.: A.status: expected a column of its own, got that of the state",
            "table wrong.: column amount: expected one type in all states, got int and, in"
                + " B.amount, long",
            "table wrong.: B.createdAt: expected an Instant for created_at, got text",
            "table wrong.: B.two: expected a column of its own, got x")
        .anyMatch(problem -> problem.contains("expected a creating transition, got an @Initial"));
  }

  /// Holds what lives no longer than a connection, or has a zone of its own.
  sealed interface Held {
    record A(
        java.sql.Blob blob,
        java.sql.Clob clob,
        java.sql.NClob nClob,
        java.sql.Array array,
        java.sql.SQLXML xml,
        java.sql.Struct struct,
        java.sql.Ref ref,
        java.sql.RowId rowId,
        java.util.Calendar calendar)
        implements Held {}
  }

  @Test
  void asksForAConverterOfWhatIsNoValue() {
    var refused =
        catchThrowableOfType(
            RefusedException.class,
            () ->
                Machine.define("held", Held.class)
                    .initial(Held.A.class)
                    .table(TableDefinition.of("helds"))
                    .build());
    List<?> problems =
        (List<?>) Objects.requireNonNull(refused.problem().members().get("problems"));
    assertThat(problems.stream().map(String::valueOf).toList())
        .hasSize(Held.A.class.getRecordComponents().length)
        .allMatch(problem -> problem.endsWith("; give @Column a converter"))
        .contains(
            "table helds: A.array: expected a type that a column can hold, got java.sql.Array; give"
                + " @Column a converter");
  }
}
