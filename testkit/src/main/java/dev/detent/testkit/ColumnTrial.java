// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import static dev.detent.testkit.MappedThings.json;
import static dev.detent.testkit.MappedThings.table;
import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.Key;
import dev.detent.sql.SqlStore;
import dev.detent.store.InstanceRow;
import dev.detent.store.Seen;
import dev.detent.testkit.MappedThings.Colour;
import dev.detent.testkit.MappedThings.Nested;
import dev.detent.testkit.MappedThings.Order;
import dev.detent.testkit.MappedThings.Thing;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.MalformedURLException;
import java.net.URI;
import java.sql.SQLException;
import java.sql.Time;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.Currency;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// Tests which types columns can hold, on the real database.
///
/// **Threads**: one test at a time.
abstract class ColumnTrial extends TableTrial {
  @Test
  void keepsEveryValueOfEveryType() throws SQLException {
    make(MappedThings.things());
    unchanged(
        "1",
        new Thing.Plain(
            (byte) -128,
            (short) 32767,
            Integer.MIN_VALUE,
            Long.MAX_VALUE,
            new BigInteger("12345678901234567890123456789"),
            new BigDecimal("1.500000000"),
            0.1f,
            Math.PI,
            true,
            'ß',
            "a \"quoted\" text, it's 😀",
            Colour.GREEN,
            Duration.ofMillis(1500)));
    unchanged(
        "2",
        new Thing.Timed(
            Instant.parse("2026-01-02T03:04:05.123456Z"),
            LocalDate.of(2026, 2, 28),
            LocalDateTime.of(2026, 3, 29, 2, 30, 5, 6000), // an hour that some zones skip
            LocalTime.of(23, 59, 59, 999_999_000),
            OffsetDateTime.parse("2026-01-02T03:04:05.123456789+05:30"),
            UUID.fromString("01234567-89ab-cdef-0123-456789abcdef"),
            new byte[] {0, -1, 127}));
    unchanged(
        "-3",
        new Thing.Rich(
            Optional.of("there"),
            null,
            new Nested("n", List.of(1, 2), new BigDecimal("1.50")),
            List.of(new Nested("", List.of(), BigDecimal.TEN)),
            Map.of("a", 1),
            Currency.getInstance("EUR")));
    unchanged(
        "4",
        new Thing.Plain(
            (byte) 0,
            (short) 0,
            0,
            Long.MIN_VALUE,
            BigInteger.ZERO,
            null,
            Float.MIN_VALUE,
            null,
            false,
            ' ',
            "",
            Colour.RED,
            Duration.ZERO));
  }

  @Test
  void keepsEveryValueOfTheOlderTypesOfJdbc() throws SQLException, MalformedURLException {
    make(MappedThings.things());
    URI home = URI.create("https://example.org/a?b=%20c");
    var moment = LocalDateTime.of(2026, 3, 29, 12, 30, 5, 123_456_000);
    unchanged(
        "1",
        new Thing.Older(
            OffsetTime.parse("23:59:59.999999+05:30"),
            java.sql.Date.valueOf("2026-02-28"),
            new Time(Time.valueOf("23:59:59").getTime() + 123),
            Timestamp.valueOf(moment),
            Date.from(Instant.parse("2026-01-02T03:04:05.123Z")),
            home,
            home.toURL(),
            ZonedDateTime.parse("2026-01-02T03:04:05.123456789+01:00[Europe/Paris]"),
            'ß',
            (byte) 127,
            (short) -32768,
            Float.MAX_VALUE,
            true,
            new int[] {1, -2},
            Arrays.asList("a", null)));
    unchanged(
        "2",
        new Thing.Older(
            OffsetTime.of(0, 0, 0, 0, ZoneOffset.ofHours(-3)),
            java.sql.Date.valueOf("1970-01-01"),
            Time.valueOf("00:00:00"),
            Timestamp.valueOf(moment.withNano(0)),
            Date.from(Instant.EPOCH.plusMillis(1)),
            home,
            home.toURL(),
            ZonedDateTime.of(moment, ZoneOffset.UTC),
            '"',
            Byte.MIN_VALUE,
            (short) 0,
            -0.5f,
            false,
            new int[0],
            List.of()));
    // Drivers change their way once a statement has run often enough.
    for (int i = 0; i < 10; i++) {
      assertThat(read(new Key("thing", "1")).data()).contains("23:59:59.999999+05:30");
    }
    run("update things set shifted_time = '12:00:00+02:00', sql_time = '01:02:03' where id = 2");
    assertThat(read(new Key("thing", "2")).data())
        .contains("\"shiftedTime\":\"12:00+02:00\"", "\"sqlTime\":\"01:02:03\"");
  }

  @Test
  void takesADecimalForTheSameWhateverDigitsItsColumnAdds() throws SQLException {
    make(MappedThings.things());
    Key key = new Key("thing", "1");
    String given = json(plain(new BigDecimal("1.5")));
    commit(batch().mapped(key, 0, Seen.NOTHING, "Plain", given));
    run("update things set price = 1.500");
    String found = read(key).data();
    commit(batch().mapped(key, 1, Seen.of("Plain", given), "Plain", found));
    commit(batch().mapped(key, 2, Seen.of("Plain", found), "Plain", given));
    assertThat(read(key).version()).isEqualTo(3);
    run("update things set price = 1.51");
    fenced(batch().mapped(key, 3, Seen.of("Plain", given), "Plain", given));
  }

  @Test
  void takesColumnsThatAreFilledUpWithBlanks() throws SQLException {
    String script = SqlStore.ddl(dialect(), table(orders()));
    run(
        script
            .substring(script.indexOf("create"), script.lastIndexOf(';'))
            .replaceAll("(\\Wcustomer\\W) [^,\\n]+", "$1 char(9)")
            .replaceAll("(\\Wstate\\W) [^,\\n]+", "$1 char(12) not null"));
    store.map(List.of(table(orders())));
    create(ONE);
    assertThat(read(ONE).data()).isEqualTo(CREATED);
    assertThat(store.counts("order")).isEqualTo(Map.of("Created", 1L));
    assertThat(store.list("order", "Created", null, 10)).hasSize(1);
    run("update orders set customer = 'bob '");
    fenced(batch().mapped(ONE, 1, Seen.of("Created", CREATED), "Paid", PAID));
    run("update orders set customer = 'ann'");
    commit(batch().mapped(ONE, 1, Seen.of("Created", CREATED), "Paid", PAID));
    commit(batch().mapped(ONE, 2, Seen.of("Paid", PAID), "Paid", PAID));
    assertThat(read(ONE).state()).isEqualTo("Paid");
    if (!dialect().equals("sqlite")) {
      assertThat(rejected(new Key("order", "2"), new Order.Created("ann ", 1)))
          .contains("column customer (char")
          .contains("expected no blank at the end, got 'ann '");
    }
  }

  private static Thing plain(BigDecimal price) {
    return new Thing.Plain(
        (byte) 1,
        (short) 2,
        3,
        4L,
        BigInteger.TWO,
        price,
        0.5f,
        0.25,
        true,
        'x',
        "text",
        Colour.RED,
        Duration.ZERO);
  }

  private void unchanged(String id, Thing thing) {
    Key key = new Key("thing", id);
    String state = thing.getClass().getSimpleName();
    commit(batch().mapped(key, 0, Seen.NOTHING, state, json(thing)));
    InstanceRow row = read(key);
    assertThat(row.state()).isEqualTo(state);
    assertThat(row.data()).isEqualTo(json(thing));
    // What was read is what was seen: it fits when it is compared with the row again.
    commit(batch().mapped(key, 1, Seen.of(state, row.data()), state, row.data()));
    assertThat(read(key).data()).isEqualTo(json(thing));
    assertThat(read(key).version()).isEqualTo(2);
  }
}
