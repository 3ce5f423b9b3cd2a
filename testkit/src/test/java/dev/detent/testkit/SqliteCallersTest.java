// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.Key;
import dev.detent.annotation.StateMachine;
import dev.detent.annotation.Table;
import dev.detent.annotation.Transition;
import dev.detent.engine.Detent;
import dev.detent.machine.Machine;
import dev.detent.sql.SqlStore;
import dev.detent.store.EventRow;
import dev.detent.store.Store;
import dev.detent.table.TableClient;
import dev.detent.table.Tables;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.FutureTask;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tests an engine and callers with transactions of their own against each other, on one SQLite
/// file, on rows of a table.
class SqliteCallersTest {
  private static final int PARTITIONS = 4;
  private static final int ROWS = 6;
  private static final int MOVES = 200;
  private static final int THREADS = 4;

  sealed interface Side {
    record Even(int count) implements Side {}

    record Odd(int count) implements Side {}
  }

  @StateMachine("side")
  @Table(name = "sides", ids = Table.Ids.LONG, version = "lock_version")
  static final class SideMachine {
    @Transition
    Side.Even begin() {
      return new Side.Even(0);
    }

    @Transition
    Side.Odd tick(Side.Even from) {
      return new Side.Odd(from.count() + 1);
    }

    @Transition
    Side.Even tick(Side.Odd from) {
      return new Side.Even(from.count() + 1);
    }
  }

  @TempDir private Path folder;
  private final Map<Long, ConcurrentLinkedQueue<Long>> acknowledged = new ConcurrentHashMap<>();
  private Store store;
  private Detent detent;
  private TableClient<SideMachine> sides;

  @BeforeEach
  void start() throws Exception {
    store = SqlStore.sqlite(folder.resolve("db.sqlite")).partitions(PARTITIONS).open();
    Machine machine = Machine.of(new SideMachine());
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String each :
          SqlStore.ddl("sqlite", Objects.requireNonNull(machine.table())).split(";\n", -1)) {
        if (!each.isBlank()) {
          statement.execute(each);
        }
      }
    }
    detent = Detent.builder(store).machine(new SideMachine()).start();
    sides = Tables.open(store).machine(new SideMachine());
    for (long id = 1; id <= ROWS; id++) {
      acknowledged.put(id, new ConcurrentLinkedQueue<>(List.of(1L)));
      detent.machine(SideMachine.class).call(String.valueOf(id), "begin");
    }
  }

  @AfterEach
  void stop() {
    detent.close();
  }

  private Connection connect() throws SQLException {
    String options = "?transaction_mode=IMMEDIATE&busy_timeout=60000";
    return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("db.sqlite") + options);
  }

  @Test
  void losesAndDoublesNothingWhenCallersAndTheEngineMoveTheSameRows() throws Exception {
    var tasks = new ArrayList<FutureTask<Boolean>>();
    for (int thread = 0; thread < THREADS; thread++) {
      var random = new Random(thread);
      tasks.add(new FutureTask<>(() -> callEngine(random)));
      tasks.add(new FutureTask<>(() -> moveInTransactions(random)));
    }
    tasks.forEach(task -> Thread.ofPlatform().start(task));
    for (FutureTask<Boolean> task : tasks) {
      assertThat(task.get()).isTrue();
    }

    Map<String, List<String>> rows = rows();
    for (long id = 1; id <= ROWS; id++) {
      check(id, rows.get(String.valueOf(id)));
    }
    for (int partition = 0; partition < PARTITIONS; partition++) {
      List<EventRow> events = store.events(partition, 0, 10_000);
      assertThat(events)
          .extracting(event -> event.offset().offset())
          .isEqualTo(LongStream.rangeClosed(1, events.size()).boxed().toList());
      assertThat(events).extracting(EventRow::at).isSorted();
      assertThat(store.partitionRows().get(partition).lastOffset()).isEqualTo(events.size());
    }
  }

  private void check(long id, List<String> row) {
    List<EventRow> history = store.history(new Key("side", String.valueOf(id)), 0, 10_000);
    List<Long> versions = LongStream.rangeClosed(1, history.size()).boxed().toList();
    assertThat(history).extracting(EventRow::version).isEqualTo(versions);
    assertThat(acknowledged.get(id)).containsExactlyInAnyOrderElementsOf(versions);
    assertThat(row.subList(0, 2))
        .containsExactly(history.getLast().to(), String.valueOf(history.size() - 1));
    assertThat(Long.parseLong(row.get(2))).as("writes").isBetween(2L, (long) history.size());
    assertThat(detent.machine(SideMachine.class).read(String.valueOf(id)).version())
        .isEqualTo(history.size());
  }

  /// Returns state, count and version of each row.
  private Map<String, List<String>> rows() throws SQLException {
    var found = new HashMap<String, List<String>>();
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("select id, state, count, lock_version from sides")) {
      while (row.next()) {
        found.put(row.getString(1), List.of(row.getString(2), row.getString(3), row.getString(4)));
      }
    }
    return found;
  }

  private boolean callEngine(Random random) {
    for (int i = 0; i < MOVES; i++) {
      long id = 1 + random.nextInt(ROWS);
      moved(id, detent.machine(SideMachine.class).call(String.valueOf(id), "tick").version());
    }
    return true;
  }

  /// Moves two rows in each transaction, and rolls some of them back.
  private boolean moveInTransactions(Random random) throws SQLException {
    for (int i = 0; i < MOVES; i += 2) {
      long one = 1 + random.nextInt(ROWS);
      long two = 1 + random.nextInt(ROWS);
      try (Connection connection = connect()) {
        connection.setAutoCommit(false);
        var now = sides.in(connection);
        now.lock(one, two);
        long first = now.call(one, "tick", null).version();
        long second = now.call(two, "tick", null).version();
        if (random.nextInt(4) == 0) {
          connection.rollback();
        } else {
          connection.commit();
          moved(one, first);
          moved(two, second);
        }
      }
    }
    return true;
  }

  private void moved(long id, long version) {
    Objects.requireNonNull(acknowledged.get(id)).add(version);
  }
}
