// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import dev.detent.annotation.Column;
import dev.detent.annotation.ColumnConverter;
import dev.detent.annotation.Table;
import dev.detent.codec.Codec;
import dev.detent.machine.Machine;
import dev.detent.machine.TableDefinition;
import dev.detent.store.MappedTable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.net.URL;
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
import java.util.Currency;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Holds machines for the contract of mapped tables.
final class MappedThings {
  private MappedThings() {}

  enum Colour {
    RED,
    GREEN
  }

  record Nested(String name, List<Integer> parts, BigDecimal price) {}

  static final class ByCode implements ColumnConverter<Currency, String> {
    @Override
    public String toColumn(Currency value) {
      return value.getCurrencyCode();
    }

    @Override
    public Currency fromColumn(String value) {
      return Currency.getInstance(value);
    }
  }

  /// Has a component of every type.
  sealed interface Thing {
    record Plain(
        byte tiny,
        short small,
        int number,
        Long big,
        BigInteger huge,
        @Nullable BigDecimal price,
        float rough,
        @Nullable Double fine,
        boolean yes,
        char letter,
        String text,
        Colour colour,
        Duration lasting)
        implements Thing {}

    // Bytes are a type that a column can hold; nobody compares these records.
    @SuppressWarnings("ArrayRecordComponent")
    record Timed(
        Instant at,
        LocalDate day,
        LocalDateTime dayTime,
        LocalTime time,
        OffsetDateTime shifted,
        UUID uuid,
        byte[] bytes)
        implements Thing {}

    /// Has what JDBC carries beside that.
    @SuppressWarnings("ArrayRecordComponent") // as above
    record Older(
        OffsetTime shiftedTime,
        java.sql.Date sqlDate,
        Time sqlTime,
        Timestamp sqlTimestamp,
        Date utilDate,
        URI uri,
        URL url,
        ZonedDateTime zoned,
        Character boxedLetter,
        Byte boxedTiny,
        Short boxedSmall,
        Float boxedRough,
        Boolean boxedYes,
        int[] numbers,
        List<@Nullable String> texts)
        implements Thing {}

    record Rich(
        Optional<String> perhaps,
        @Nullable Integer missing,
        Nested nested,
        List<Nested> several,
        Map<String, Integer> byName,
        @Column(converter = ByCode.class) Currency currency)
        implements Thing {}
  }

  /// Is small.
  sealed interface Order {
    record Created(String customer, int amount) implements Order {}

    record Paid(@Nullable String receipt, int amount) implements Order {}

    record Closed(Instant updatedAt) implements Order {}
  }

  /// Has odd names.
  sealed interface Odd {
    record Begun(@Column("Upper Case") String upper, @Column("select") int select) implements Odd {}

    record Ended(@Column("a\"quote") String quote) implements Odd {}
  }

  /// Returns a machine of things of all types.
  static Machine things() {
    return Machine.define("thing", Thing.class)
        .arcs()
        .initial(Thing.Plain.class)
        .to(Thing.Timed.class, Thing.Older.class, Thing.Rich.class)
        .initial(Thing.Timed.class)
        .to(Thing.Plain.class, Thing.Rich.class)
        .initial(Thing.Older.class)
        .to(Thing.Plain.class)
        .initial(Thing.Rich.class)
        .to(Thing.Plain.class, Thing.Timed.class)
        .table(TableDefinition.of("things").ids(Table.Ids.LONG))
        .build();
  }

  /// Returns a machine of orders.
  static Machine orders(TableDefinition table) {
    return Machine.define("order", Order.class)
        .initial(Order.Created.class)
        .to(Order.Paid.class, Order.Closed.class)
        .state(Order.Paid.class)
        .to(Order.Paid.class, Order.Closed.class)
        .table(table)
        .build();
  }

  /// Returns a machine of odd names.
  static Machine odd() {
    return Machine.define("odd", Odd.class)
        .initial(Odd.Begun.class)
        .to(Odd.Ended.class)
        .table(
            TableDefinition.of("order")
                .id("The Id")
                .ids(Table.Ids.TEXT)
                .state("from")
                .version("group")
                .times("where", "", "having"))
        .build();
  }

  static MappedTable table(Machine machine) {
    return Objects.requireNonNull(machine.table(), machine.name());
  }

  static String json(Object state) {
    return Codec.standard().write(state).text();
  }
}
