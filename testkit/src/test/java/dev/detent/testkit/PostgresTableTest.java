// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.detent.Key;
import dev.detent.annotation.Table;
import dev.detent.machine.Machine;
import dev.detent.machine.TableDefinition;
import dev.detent.sql.SqlStore;
import dev.detent.store.Batch;
import dev.detent.store.InstanceRow;
import dev.detent.store.Seen;
import dev.detent.store.Store;
import dev.detent.store.StoreException;
import dev.detent.testkit.MappedThings.Order;
import dev.detent.testkit.MappedThings.Thing;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PostgresTableTest extends TableContract {
  private final HikariDataSource pool = new HikariDataSource();

  {
    pool.setJdbcUrl(LocalPostgres.freshUrl());
    pool.setMaximumPoolSize(4);
    pool.setMinimumIdle(0);
  }

  @AfterEach
  void closePool() {
    pool.close();
  }

  @Override
  protected Store open() {
    return SqlStore.postgres(pool).partitions(PARTITIONS).open();
  }

  @Override
  protected Connection connect() throws SQLException {
    return pool.getConnection();
  }

  @Override
  protected String dialect() {
    return "postgresql";
  }

  @Override
  protected String quoted(String name) {
    return '"' + name + '"';
  }

  @Override
  protected Map<Object, String> cutting() {
    return Map.of(
        timed(Instant.parse("2026-01-02T03:04:05.123456789Z"), LocalTime.NOON),
        "column at (timestamp with time zone): expected at most 6 digits of a second",
        timed(Instant.EPOCH, LocalTime.of(1, 2, 3, 4)),
        "column time (time without time zone): expected at most 6 digits of a second");
  }

  static Thing timed(Instant at, LocalTime time) {
    return new Thing.Timed(
        at,
        LocalDate.EPOCH,
        LocalDateTime.of(2026, 1, 2, 3, 4),
        time,
        OffsetDateTime.parse("2026-01-02T03:04:05Z"),
        new UUID(1, 2),
        new byte[0]);
  }

  @Test
  void fitsEnumsVariableTextAndSchemas() throws SQLException {
    run("create schema shop");
    run("create type shop.phase as enum ('Created', 'Paid', 'Closed')");
    run("create domain shop.name as varchar(5)");
    run(
        "create table shop.orders (id serial primary key, state shop.phase not null,"
            + " created_at timestamptz(0), updated_at timestamptz not null, customer shop.name,"
            + " amount bigint, receipt text)");
    var machine = MappedThings.orders(TableDefinition.of("shop.orders").ids(Table.Ids.LONG));
    store.map(List.of(MappedThings.table(machine)));
    Key key = new Key("order", "1");
    String data = MappedThings.json(new Order.Created("annie", 5));
    commit(batch().mapped(key, 0, Seen.NOTHING, "Created", data));
    String paid = MappedThings.json(new Order.Paid(null, 6));
    commit(batch().mapped(key, 1, Seen.of("Created", data), "Paid", paid));
    assertThat(read(key).data()).isEqualTo(paid);
    assertThat(store.list("order", "Paid", null, 10)).hasSize(1);
    assertThat(rejected(new Key("order", "2"), new Order.Created("too long", 1)))
        .contains("column customer (character varying(5)): expected at most 5 characters, got 8");
  }

  @Test
  void waitsForNobodyWhoHasLockedARow() throws SQLException {
    make(orders());
    Key key = new Key("order", "1");
    String data = MappedThings.json(new Order.Created("ann", 5));
    String paid = MappedThings.json(new Order.Paid("r", 6));
    commit(batch().mapped(key, 0, Seen.NOTHING, "Created", data));
    try (Connection holder = connect();
        Statement statement = holder.createStatement()) {
      holder.setAutoCommit(false);
      statement.execute("select 1 from orders where id = 1 for update");
      StoreException refused =
          refusal(batch().mapped(key, 1, Seen.of("Created", data), "Paid", paid));
      assertThat(refused.kind()).isEqualTo(StoreException.Kind.LOCKED);
      assertThat(refused.partitions()).containsExactly(key.partition(PARTITIONS));
      holder.rollback();
    }
    commit(batch().mapped(key, 1, Seen.of("Created", data), "Paid", paid));
    assertThat(read(key).state()).isEqualTo("Paid");
    assertThat(store.history(key, 0, 10)).hasSize(2);
  }

  sealed interface Trip {
    record Booked(OffsetDateTime at) implements Trip {}
  }

  @Test
  void keepsTheMomentOfATimeWithOffsetWhereTheColumnHasNoOffset() throws SQLException {
    Machine trips =
        Machine.define("trip", Trip.class)
            .arcs()
            .initial(Trip.Booked.class)
            .to(Trip.Booked.class)
            .table(TableDefinition.of("trips").ids(Table.Ids.LONG))
            .build();
    run(
        "create table trips (id bigint primary key, state text not null, created_at timestamptz,"
            + " updated_at timestamptz, at timestamptz(3))");
    store.map(List.of(MappedThings.table(trips)));
    Key key = new Key("trip", "1");
    String given =
        MappedThings.json(new Trip.Booked(OffsetDateTime.parse("2026-01-02T03:04:05.123+05:30")));
    commit(batch().mapped(key, 0, Seen.NOTHING, "Booked", given));
    assertThat(read(key).data()).isEqualTo("{\"at\":\"2026-01-01T21:34:05.123Z\"}");
    // What was decided ahead, on what was given, is the same moment.
    commit(batch().mapped(key, 1, Seen.of("Booked", given), "Booked", given));
    assertThat(
            rejected(
                new Key("trip", "2"),
                new Trip.Booked(OffsetDateTime.parse("2026-01-02T03:04:05.1234Z"))))
        .contains("expected at most 3 digits of a second");
    run("update trips set at = '0099-01-01 00:00:00+00'");
    assertThat(read(key).data()).isEqualTo("{\"at\":\"0099-01-01T00:00:00Z\"}");
  }

  @Test
  void bringsAMoveInOneRoundTripWithTheRestOfItsCommit() throws SQLException {
    make(MappedThings.things());
    var asked = new ArrayList<String>();
    try (Store recorded = SqlStore.postgres(recording(pool, asked)).partitions(PARTITIONS).open()) {
      recorded.map(List.of(MappedThings.table(MappedThings.things())));
      Key key = new Key("thing", "1");
      for (Thing thing :
          List.of(
              SqliteTableTest.plain(Double.NaN),
              timed(Instant.parse("2026-01-02T03:04:05.123456Z"), LocalTime.NOON))) {
        String state = thing.getClass().getSimpleName();
        String data = MappedThings.json(thing);
        long version = recorded.instances(List.of(key)).stream().mapToLong(r -> r.version()).sum();
        Seen seen = Seen.NOTHING;
        for (InstanceRow row : recorded.instances(List.of(key))) {
          seen = Seen.of(row.state(), row.data());
        }
        recorded.commit(BatchBuilder.on(recorded).mapped(key, version, seen, state, data).build());
        Batch again =
            BatchBuilder.on(recorded)
                .mapped(key, version + 1, Seen.of(state, data), state, data)
                .build();
        asked.clear();
        recorded.commit(again);
        assertThat(asked).as("locks, then all else").hasSize(2);
      }
    }
  }

  /// Returns a source that notes what is prepared on its connections.
  private static DataSource recording(DataSource source, List<String> asked) {
    return proxy(
        DataSource.class,
        (_, method, arguments) -> {
          Object got = method.invoke(source, arguments);
          return got instanceof Connection connection ? recording(connection, asked) : got;
        });
  }

  private static Connection recording(Connection connection, List<String> asked) {
    return proxy(
        Connection.class,
        (_, method, arguments) -> {
          if (method.getName().equals("prepareStatement")) {
            asked.add(String.valueOf(arguments[0]));
          }
          return method.invoke(connection, arguments);
        });
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
