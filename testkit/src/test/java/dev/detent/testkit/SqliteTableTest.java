// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.Key;
import dev.detent.annotation.Table;
import dev.detent.machine.Machine;
import dev.detent.machine.TableDefinition;
import dev.detent.sql.SqlStore;
import dev.detent.store.Seen;
import dev.detent.store.Store;
import dev.detent.testkit.MappedThings.Thing;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteTableTest extends TableContract {
  @TempDir private Path folder;

  @Override
  protected Store open() {
    return SqlStore.sqlite(file()).partitions(PARTITIONS).open();
  }

  private Path file() {
    return folder.resolve("db.sqlite");
  }

  @Override
  protected Connection connect() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + file());
  }

  @Override
  protected String dialect() {
    return "sqlite";
  }

  @Override
  protected String quoted(String name) {
    return '"' + name + '"';
  }

  @Override
  protected Map<Object, String> cutting() {
    return Map.of(plain(Double.NaN), "expected a number, got NaN");
  }

  static Thing plain(double fine) {
    return new Thing.Plain(
        (byte) 0,
        (short) 0,
        0,
        0L,
        java.math.BigInteger.ONE,
        null,
        0,
        fine,
        true,
        'a',
        "",
        MappedThings.Colour.RED,
        java.time.Duration.ZERO);
  }

  sealed interface Sale {
    record Made(BigDecimal price) implements Sale {}
  }

  @Test
  void fitsColumnsThatAreDeclaredAsDecimals() throws SQLException {
    Machine sales =
        Machine.define("sale", Sale.class)
            .arcs()
            .initial(Sale.Made.class)
            .to(Sale.Made.class)
            .table(TableDefinition.of("sales").ids(Table.Ids.LONG))
            .build();
    run(
        "create table sales (id integer primary key, state text not null, created_at datetime,"
            + " updated_at timestamp, price decimal(10, 2))");
    store.map(List.of(MappedThings.table(sales)));
    Key key = new Key("sale", "1");
    String given = MappedThings.json(new Sale.Made(new BigDecimal("12.50")));
    commit(batch().mapped(key, 0, Seen.NOTHING, "Made", given));
    assertThat(query("select price, typeof(price) from sales")).containsExactly("12.5|real");
    assertThat(read(key).data()).isEqualTo("{\"price\":12.5}");
    String exact = MappedThings.json(new Sale.Made(new BigDecimal("9999999999999.99")));
    commit(batch().mapped(key, 1, Seen.of("Made", given), "Made", exact));
    assertThat(read(key).data()).isEqualTo(exact);
    assertThat(rejected(new Key("sale", "2"), new Sale.Made(new BigDecimal("99999999999999.999"))))
        .contains(
            "column price (decimal(10, 2)): expected at most 15 digits; make it text for more");
    assertThat(rejected(new Key("sale", "2"), new Sale.Made(new BigDecimal("1E-400"))))
        .contains("expected at most 15 digits");
    run("update sales set price = 1");
    assertThat(read(key).data()).isEqualTo("{\"price\":1}");
  }

  @Test
  void noticesWhatACollationTakesForEqual() throws SQLException {
    run(
        "create table orders (id integer primary key, state text not null collate nocase,"
            + " created_at text, updated_at text, customer text collate nocase, amount integer,"
            + " receipt text)");
    store.map(java.util.List.of(MappedThings.table(orders())));
    Key key = new Key("order", "1");
    String data = MappedThings.json(new MappedThings.Order.Created("ann", 5));
    commit(batch().mapped(key, 0, Seen.NOTHING, "Created", data));
    run("update orders set customer = 'Ann'");
    String paid = MappedThings.json(new MappedThings.Order.Paid("r", 6));
    assertThat(refusal(batch().mapped(key, 1, Seen.of("Created", data), "Paid", paid)).changed())
        .isEqualTo(key);
    run("update orders set customer = 'ann', state = 'created'");
    assertThat(refusal(batch().mapped(key, 1, Seen.of("Created", data), "Paid", paid)).changed())
        .isEqualTo(key);
  }
}
