// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import static dev.detent.testkit.MappedThings.json;
import static dev.detent.testkit.MappedThings.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.detent.Key;
import dev.detent.annotation.Table;
import dev.detent.machine.TableDefinition;
import dev.detent.store.InstanceRow;
import dev.detent.store.MachineRow;
import dev.detent.store.Seen;
import dev.detent.store.Stranded;
import dev.detent.testkit.MappedThings.Nested;
import dev.detent.testkit.MappedThings.Order;
import dev.detent.testkit.MappedThings.Thing;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Tests what a SQL store promises of machines whose instances are rows of the user's own tables.
/// It runs on the real database.
///
/// **Threads**: one test at a time.
public abstract class TableContract extends ColumnTrial {
  /// Makes a contract; JUnit does.
  protected TableContract() {}

  @Test
  void refusesWhatAColumnWouldCut() throws SQLException {
    make(MappedThings.things());
    cutting()
        .forEach(
            (thing, words) -> assertThat(rejected(new Key("thing", "1"), thing)).contains(words));
    assertThat(store.instances(List.of(new Key("thing", "1")))).isEmpty();
    assertThat(store.events(new Key("thing", "1").partition(PARTITIONS), 0, 10)).isEmpty();
  }

  @Test
  void writesTheColumnsOfTheStateOnly() throws SQLException {
    make(orders());
    run("alter table orders add column note varchar(20)");
    create(ONE);
    run("update orders set note = 'mine'");
    commit(batch().mapped(ONE, 1, Seen.of("Created", CREATED), "Paid", PAID));

    assertThat(query("select customer, amount, receipt, note, state from orders"))
        .containsExactly("ann|6|r1|mine|Paid");
    assertThat(query("select data, state, version from detent_instance"))
        .containsExactly("{}|Paid|2");
  }

  @Test
  void writesTheColumnsOfStatesThatItPassedThrough() throws SQLException {
    make(orders());
    create(ONE);
    String closed = json(new Order.Closed(Instant.parse("2026-01-02T03:04:05Z")));
    var passed = List.of(new Seen.Entered("Paid", PAID));
    var seen = new Seen("Created", CREATED, passed, false);
    commit(batch().mapped(ONE, 1, seen, "Closed", closed));

    assertThat(query("select amount, receipt, state from orders")).containsExactly("6|r1|Closed");
    assertThat(read(ONE).data()).isEqualTo(closed);
    assertThat(read(ONE).updatedAt())
        .isEqualTo(Instant.parse("2026-01-02T03:04:05Z").toEpochMilli());
  }

  @Test
  void setsTheTimesAndRaisesTheVersion() throws SQLException {
    make(
        MappedThings.orders(
            TableDefinition.of("orders")
                .ids(Table.Ids.LONG)
                .version("lock")
                .times("made", "changed", "entered")));
    create(ONE);
    assertThat(read(ONE))
        .satisfies(row -> {
          assertThat(row.createdAt()).isEqualTo(1_000);
          assertThat(row.updatedAt()).isEqualTo(1_000);
          assertThat(row.enteredAt()).isEqualTo(1_000);
        });
    run("update orders set " + quoted("lock") + " = 7");
    commit(batch().mapped(ONE, 1, Seen.of("Created", CREATED), "Paid", PAID));

    assertThat(read(ONE).createdAt()).isEqualTo(1_000);
    assertThat(read(ONE).updatedAt()).isEqualTo(2_000);
    assertThat(read(ONE).enteredAt()).isEqualTo(2_000);
    assertThat(query("select " + quoted("lock") + " from orders")).containsExactly("8");
  }

  @Test
  void noticesWhateverChangedSinceItWasSeen() throws SQLException {
    make(orders());
    create(ONE);
    Seen seen = Seen.of("Created", CREATED);
    fenced(batch().mapped(ONE, 1, Seen.of("Paid", PAID), "Closed", PAID));
    fenced(batch().mapped(ONE, 1, Seen.NOTHING, "Created", CREATED));
    run("update orders set amount = 99");
    fenced(batch().mapped(ONE, 1, seen, "Paid", PAID));
    run("update orders set amount = 5, state = 'Paid'");
    fenced(batch().mapped(ONE, 1, seen, "Paid", PAID));
    run("delete from orders");
    fenced(batch().mapped(ONE, 1, seen, "Paid", PAID));

    assertThat(store.history(ONE, 0, 10)).hasSize(1);
    assertThat(query("select count(*) from orders")).containsExactly("0");
  }

  @Test
  void showsWhatPlainSqlWrote() throws SQLException {
    make(orders());
    create(ONE);
    run("update orders set amount = 77, state = 'Paid', receipt = 'by hand'");
    assertThat(read(ONE).state()).isEqualTo("Paid");
    assertThat(read(ONE).data()).isEqualTo(json(new Order.Paid("by hand", 77)));

    run(
        "insert into orders (id, state, created_at, updated_at, customer, amount) values"
            + " (2, 'Created', '2026-01-02 03:04:05', '2026-01-02 03:04:05', 'bob', 8)");
    Key two = new Key("order", "2");
    assertThat(read(two).version()).isZero();
    String found = read(two).data();
    assertThat(found).isEqualTo(json(new Order.Created("bob", 8)));
    commit(batch().mapped(two, 0, Seen.of("Created", found), "Paid", PAID));
    assertThat(read(two).version()).isEqualTo(1);

    run("delete from orders where id = 1");
    assertThat(read(ONE).state()).isEqualTo("\u007f");
    assertThat(read(ONE).version()).isEqualTo(1);
    commit(batch().mapped(ONE, 1, Seen.NOTHING, "Created", CREATED));
    assertThat(read(ONE).version()).isEqualTo(2);
    assertThat(store.history(ONE, 0, 10)).hasSize(2);
  }

  @Test
  void movesARowWhoseValuesSomebodySpelledInAnotherWay() throws SQLException {
    make(MappedThings.things());
    Key key = new Key("thing", "1");
    Thing thing =
        new Thing.Rich(
            Optional.empty(),
            1,
            new Nested("n", List.of(), BigDecimal.ONE),
            List.of(),
            Map.of("a", 1),
            Currency.getInstance("EUR"));
    commit(batch().mapped(key, 0, Seen.NOTHING, "Rich", json(thing)));
    for (int version = 1; version < 4; version++) {
      run(
          "update things set by_name = '{ \"a\" : 1.0 }', nested = '{\"price\":1.00,"
              + " \"parts\":[],\"name\":\"n\"}'");
      commit(batch().mapped(key, version, Seen.of("Rich", json(thing)), "Rich", json(thing)));
      assertThat(read(key).version()).isEqualTo(version + 1);
    }
    run("update things set by_name = '{\"a\":2}'");
    fenced(batch().mapped(key, 4, Seen.of("Rich", json(thing)), "Rich", json(thing)));
  }

  @Test
  void showsARowThatDoesNotFitWithoutSpoilingOthers() throws SQLException {
    make(orders());
    create(ONE);
    create(new Key("order", "2"));
    run("update orders set amount = null where id = 1");
    create(new Key("order", "3"));
    run("update orders set state = 'Unheard' where id = 3");

    assertThat(store.list("order", null, null, 10))
        .extracting(row -> row.state() + " " + row.data())
        .containsExactly(
            "Created {\"customer\":\"ann\",\"amount\":null}", "Created " + CREATED, "Unheard {}");
    String found = read(ONE).data();
    commit(batch().mapped(ONE, 1, Seen.of("Created", found), "Paid", PAID));
    assertThat(read(ONE).data()).isEqualTo(PAID);
  }

  @Test
  void listsAndCountsByTheUsersTable() throws SQLException {
    make(orders());
    for (int id = 1; id <= 12; id++) {
      create(new Key("order", String.valueOf(id)));
    }
    run("update orders set state = 'Paid' where id in (2, 10, 11)");

    assertThat(keys(store.list("order", null, null, 3))).containsExactly("1", "2", "3");
    assertThat(keys(store.list("order", null, "3", 100))).hasSize(9).startsWith("4").endsWith("12");
    assertThat(keys(store.list("order", "Paid", "2", 100))).containsExactly("10", "11");
    assertThat(store.counts("order")).isEqualTo(Map.of("Created", 9L, "Paid", 3L));
    assertThat(
            store.define(new MachineRow("order", "code", "h", "{}"), List.of("Created", "Closed")))
        .containsExactly(new Stranded("Paid", 3, List.of("2", "10", "11")));
  }

  @Test
  void knowsKeysInTheirOneSpellingOnly() throws SQLException {
    make(orders());
    create(new Key("order", "42"));
    for (String key : List.of("042", "+42", "x", "42.0", "99999999999999999999")) {
      assertThat(store.instances(List.of(new Key("order", key)))).as(key).isEmpty();
      assertThat(rejected(new Key("order", key), new Order.Created("ann", 1)))
          .contains("expected a key that is a whole number of 64 bits without leading zeros");
    }
    assertThat(read(new Key("order", "42")).state()).isEqualTo("Created");
  }

  @Test
  void readsManyRowsAtOnce() throws SQLException {
    make(orders());
    BatchBuilder many = batch();
    var keys = new java.util.ArrayList<Key>();
    for (int id = 1; id <= 700; id++) {
      keys.add(new Key("order", String.valueOf(id)));
      many.mapped(keys.getLast(), 0, Seen.NOTHING, "Created", CREATED);
    }
    commit(many);
    BatchBuilder moves = batch();
    keys.forEach(key -> moves.mapped(key, 1, Seen.of("Created", CREATED), "Paid", PAID));
    commit(moves);
    assertThat(store.instances(keys)).hasSize(700).allMatch(row -> row.state().equals("Paid"));
  }

  private static List<String> keys(List<InstanceRow> rows) {
    return rows.stream().map(row -> row.key().key()).toList();
  }

  @Test
  void quotesOddNames() throws SQLException {
    make(MappedThings.odd());
    Key key = new Key("odd", "it's a \"key\"");
    commit(batch().mapped(key, 0, Seen.NOTHING, "Begun", "{\"upper\":\"u\",\"select\":1}"));
    Seen seen = Seen.of("Begun", read(key).data());
    commit(batch().mapped(key, 1, seen, "Ended", "{\"quote\":\"q\"}"));
    assertThat(read(key).data()).isEqualTo("{\"quote\":\"q\"}");
    assertThat(store.list("odd", "Ended", "a", 10)).hasSize(1);
    assertThat(table(MappedThings.odd()).stamps().updatedAt()).isNull();
  }

  @Test
  void makesTablesForAllKindsOfIds() throws SQLException {
    for (Table.Ids ids : Table.Ids.values()) {
      make(MappedThings.orders(TableDefinition.of("orders_" + ids.name()).ids(ids)));
    }
    assertThat(query("select count(*) from " + quoted("orders_UUID"))).containsExactly("0");
    Key uuid = new Key("order", "01234567-89ab-cdef-0123-456789abcdef");
    create(uuid);
    assertThat(read(uuid).state()).isEqualTo("Created");
    assertThat(
            store.instances(
                List.of(new Key("order", uuid.key().toUpperCase(java.util.Locale.ROOT)))))
        .isEmpty();
  }

  @Test
  void namesEveryDifferenceOfATable() throws SQLException {
    run(
        "create table orders (id integer, state varchar(30) not null, created_at integer,"
            + " amount varchar(9), tenant integer not null, kind integer default 1 not null)");
    assertThat(differences(orders()))
        .satisfiesExactlyInAnyOrder(
            text ->
                assertThat(text)
                    .contains("table orders: column id: expected it to be the primary key"),
            text -> assertThat(text).contains("table orders: column created_at: expected"),
            text ->
                assertThat(text)
                    .startsWith("table orders: column updated_at: expected")
                    .endsWith("no such column"),
            text ->
                assertThat(text)
                    .startsWith("table orders: column customer: expected")
                    .endsWith("no such column"),
            text ->
                assertThat(text)
                    .startsWith("table orders: column amount: expected")
                    .contains("var"),
            text ->
                assertThat(text)
                    .startsWith("table orders: column receipt: expected")
                    .endsWith("no such column"),
            text ->
                assertThat(text)
                    .isEqualTo(
                        "table orders: column tenant: expected it to be nullable or to have a"
                            + " default, since entering Created does not write it, got not null"));
    assertThat(differences(MappedThings.things()))
        .containsExactly("table things: expected it, got no such table; create it");
    var both = List.of(table(MappedThings.odd()), table(orders()), table(MappedThings.things()));
    assertThatThrownBy(() -> store.map(both))
        .hasMessageStartingWith("machines odd, order, thing: expected tables that fit, got 9 diff")
        .hasMessageContaining("table order: expected it, got no such table; create it")
        .hasMessageContaining("table orders: column customer: expected")
        .hasMessageContaining("table things: expected it, got no such table");
  }
}
