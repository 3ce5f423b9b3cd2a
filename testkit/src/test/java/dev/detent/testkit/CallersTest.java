// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.detent.Key;
import dev.detent.UnavailableException;
import dev.detent.codec.Json;
import dev.detent.engine.Detent;
import dev.detent.engine.JoinedTransaction;
import dev.detent.engine.MoveOptions;
import dev.detent.machine.Machine;
import dev.detent.sql.SqlStore;
import dev.detent.store.EventRow;
import dev.detent.store.Store;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Tests an engine and callers with transactions of their own against each other, on PostgreSQL.
class CallersTest {
  private static final int PARTITIONS = 8;
  private static final Machine COUNTER =
      Machine.parse(
          "counter",
          Json.parse(
              """
              {"id":"counter","initial":"even","states":{
                "even":{"on":{"tick":"odd"}},
                "odd":{"on":{"tick":"even"},"after":{"1d":"even"}}}}
              """));

  private final HikariDataSource pool = new HikariDataSource();
  private final List<Key> keys =
      IntStream.range(0, 12).mapToObj(i -> new Key("counter", "k" + i)).toList();
  private final Map<Key, List<Long>> acknowledged = new ConcurrentHashMap<>();
  private Store store;
  private Detent detent;

  @BeforeEach
  void start() {
    pool.setJdbcUrl(LocalPostgres.freshUrl());
    pool.setMaximumPoolSize(16);
    pool.setMinimumIdle(0);
    store = SqlStore.postgres(pool).partitions(PARTITIONS).open();
    detent = Detent.builder(store).machine(COUNTER).engine(options -> options.lanes(2)).start();
    keys.forEach(key -> acknowledged.put(key, new ArrayList<>()));
  }

  @AfterEach
  void stop() {
    detent.close();
    pool.close();
  }

  @Test
  void losesAndDoublesNothingWhenCallersAndTheEngineMoveTheSameInstances() throws Exception {
    var tasks = new ArrayList<FutureTask<Boolean>>();
    for (int i = 0; i < 4; i++) {
      int seed = i;
      tasks.add(new FutureTask<>(() -> callEngine(new Random(seed), 150)));
      tasks.add(new FutureTask<>(() -> callAlone(new Random(100 + seed), 60)));
    }
    tasks.forEach(task -> Thread.ofVirtual().start(task));
    for (FutureTask<Boolean> task : tasks) {
      assertThat(task.get()).isTrue();
    }

    keys.forEach(this::check);
    for (int partition = 0; partition < PARTITIONS; partition++) {
      List<EventRow> events = store.events(partition, 0, 10_000);
      assertThat(events)
          .extracting(event -> event.offset().offset())
          .isEqualTo(LongStream.rangeClosed(1, events.size()).boxed().toList());
      assertThat(events).extracting(EventRow::at).isSorted();
      assertThat(store.partitionRows().get(partition).lastOffset()).isEqualTo(events.size());
    }
  }

  private void check(Key key) {
    List<EventRow> history = store.history(key, 0, 10_000);
    List<Long> versions = LongStream.rangeClosed(1, history.size()).boxed().toList();
    assertThat(history).extracting(EventRow::version).isEqualTo(versions);
    assertThat(acknowledged.get(key)).containsExactlyInAnyOrderElementsOf(versions);
    String state = "even";
    for (EventRow event : history) {
      assertThat(event.from()).isEqualTo(state);
      state = state.equals("even") ? "odd" : "even";
      assertThat(event.to()).isEqualTo(state);
    }
    long version = history.size();
    assertThat(detent.machine("counter").read(key.key()).version()).isEqualTo(version);
    List<Integer> all = IntStream.range(0, PARTITIONS).boxed().toList();
    assertThat(store.timers(all, Long.MAX_VALUE, 1_000).stream().filter(t -> t.key().equals(key)))
        .allMatch(timer -> timer.version() == version)
        .hasSize(state.equals("odd") ? 1 : 0);
  }

  private boolean callEngine(Random random, int calls) {
    for (int i = 0; i < calls; i++) {
      Key key = keys.get(random.nextInt(keys.size()));
      moved(key, tickWhenFree(key));
    }
    return true;
  }

  /// Moves an instance, also if others lock its partition for longer than the engine waits.
  private long tickWhenFree(Key key) {
    while (true) {
      try {
        return detent.machine("counter").call(key.key(), "tick").version();
      } catch (UnavailableException e) {
        assertThat(e).hasMessageContaining("holds this partition, nothing happened");
      }
    }
  }

  private boolean callAlone(Random random, int calls) throws Exception {
    for (int i = 0; i < calls; i++) {
      Key one = keys.get(random.nextInt(keys.size()));
      Key two = keys.get(random.nextInt(keys.size()));
      List<Long> versions = moveBoth(random, one, two);
      if (!versions.isEmpty()) {
        moved(one, versions.get(0));
        moved(two, versions.get(1));
      }
    }
    return true;
  }

  /// Moves one or two instances in a transaction of its own, now and then slowly, and sometimes
  /// rolls back.
  ///
  /// @return their versions, or nothing if that is not committed
  private List<Long> moveBoth(Random random, Key one, Key two) throws Exception {
    try (Connection connection = pool.getConnection()) {
      connection.setAutoCommit(false);
      var transaction = JoinedTransaction.of(store, name -> COUNTER, connection);
      transaction.lock(one, two);
      List<Long> versions = List.of(tick(transaction, one), tick(transaction, two));
      if (random.nextInt(8) == 0) {
        execute(connection, "select pg_sleep(0.02)");
      }
      boolean commits = random.nextInt(4) > 0;
      if (commits) {
        connection.commit();
      } else {
        connection.rollback();
      }
      return commits ? versions : List.of();
    } catch (UnavailableException e) {
      return List.of();
    }
  }

  private static long tick(JoinedTransaction transaction, Key key) {
    return transaction.call(key, "tick", Json.NULL, MoveOptions.NONE).instance().version();
  }

  private void moved(Key key, long version) {
    List<Long> versions = acknowledged.get(key);
    synchronized (versions) {
      versions.add(version);
    }
  }

  private static void execute(Connection connection, String sql) throws Exception {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void isDelayedByASlowCallerInItsPartitionOnly() throws Exception {
    Key slow = keys.getFirst();
    List<Key> others = ofOtherPartitions(slow);
    var waiting = new FutureTask<>(() -> tickWhenFree(slow));
    try (Connection connection = pool.getConnection()) {
      connection.setAutoCommit(false);
      var transaction = JoinedTransaction.of(store, name -> COUNTER, connection);
      assertThat(tick(transaction, slow)).isEqualTo(1);
      Thread.ofVirtual().start(waiting);
      for (int i = 1; i <= 20; i++) {
        for (Key other : others) {
          assertThat(detent.machine("counter").call(other.key(), "tick").version()).isEqualTo(i);
        }
      }
      assertThat(waiting.isDone()).isFalse();
      connection.commit();
    }
    assertThat(waiting.get()).isEqualTo(2);
  }

  @Test
  void isNotKeptFromAPartitionByAStreamOfCallers() throws Exception {
    Key key = keys.getFirst();
    var over = new AtomicBoolean();
    var begun = new CountDownLatch(6);
    var callers = new ArrayList<FutureTask<Boolean>>();
    for (int i = 0; i < 6; i++) {
      callers.add(
          new FutureTask<>(() -> {
            while (!over.get()) {
              hold(key, begun);
            }
            return true;
          }));
    }
    callers.forEach(caller -> Thread.ofVirtual().start(caller));
    begun.await();
    try {
      for (int i = 0; i < 10; i++) {
        assertThat(detent.machine("counter").call(key.key(), "tick").version()).isPositive();
      }
    } finally {
      over.set(true);
    }
    for (FutureTask<Boolean> caller : callers) {
      assertThat(caller.get()).isTrue();
    }
  }

  private void hold(Key key, CountDownLatch begun) throws Exception {
    try (Connection connection = pool.getConnection()) {
      connection.setAutoCommit(false);
      tick(JoinedTransaction.of(store, name -> COUNTER, connection), key);
      begun.countDown();
      execute(connection, "select pg_sleep(0.01)");
      connection.commit();
    }
  }

  @Test
  void firesATimerThatACallerHasStarted() throws Exception {
    Machine brief =
        Machine.parse(
            "brief",
            Json.parse(
                """
                {"id":"brief","initial":"off","states":{
                  "off":{"on":{"on":"on"}},"on":{"after":{"100ms":"off"}}}}
                """));
    assertThat(detent.engine().define(brief)).isEmpty();
    var end = detent.engine().events().end();
    try (Connection connection = pool.getConnection()) {
      connection.setAutoCommit(false);
      JoinedTransaction.of(store, name -> brief, connection)
          .call(new Key("brief", "b"), "on", Json.NULL, MoveOptions.NONE);
      connection.commit();
    }
    int events = 0;
    while (events < 2) {
      assertThat(detent.engine().events().await(end, 60_000)).isTrue();
      var page = detent.engine().events().read("brief", end, 10);
      events += page.events().size();
      end = page.next();
    }
    assertThat(detent.machine("brief").read("b").state()).isEqualTo("off");
  }

  /// Returns keys of partitions of either lane.
  private List<Key> ofOtherPartitions(Key key) {
    return keys.stream()
        .filter(other -> other.partition(PARTITIONS) != key.partition(PARTITIONS))
        .toList();
  }
}
