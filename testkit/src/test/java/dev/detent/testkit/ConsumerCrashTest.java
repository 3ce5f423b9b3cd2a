// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.Key;
import dev.detent.sql.SqlStore;
import dev.detent.store.Store;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

/// Kills real processes that consume, at every place, and counts what they wrote.
class ConsumerCrashTest {
  private static final int PARTITIONS = 4;
  private static final int KEYS = 8;
  @TempDir Path folder;

  @Test
  void writesExactlyOnceToAFileHoweverOftenTheProcessDies() throws Exception {
    String file = folder.resolve("store.db").toString();
    String url = "jdbc:sqlite:" + file;
    try (Store store = SqlStore.sqlite(Path.of(file)).partitions(PARTITIONS).open()) {
      fill(store, 0, 12);
    }
    prepare(url);
    for (String halt : List.of("before:3", "after:3", "after:7", "before:12")) {
      try (var process = ConsumerProcess.start(file, "job", halt)) {
        assertThat(process.exitCode()).as(halt).isEqualTo(ConsumerProcess.HALTED);
      }
    }
    try (var process = ConsumerProcess.start(file, "tx", "never")) {
      process.awaitLines(1);
      process.kill();
    }
    try (var process = ConsumerProcess.start(file, "job", "never")) {
      assertThat(process.exitCode()).isZero();
    }
    assertWritten(url, 12);
  }

  @Test
  void writesExactlyOnceToAServerHoweverOftenOneOfManyProcessesDies() throws Exception {
    String url = LocalPostgres.freshUrl();
    var source = new PGSimpleDataSource();
    source.setUrl(url);
    long version = 0;
    try (Store store = SqlStore.postgres(source).partitions(PARTITIONS).open()) {
      prepare(url);
      for (String halt : List.of("after:15", "before:35")) {
        try (var victim = ConsumerProcess.start(url, "tx", "never")) {
          fill(store, version, 10);
          victim.awaitLines(5);
          victim.kill();
        }
        try (var halting = ConsumerProcess.start(url, "tx", halt)) {
          fill(store, version + 10, 10);
          assertThat(halting.exitCode()).as(halt).isEqualTo(ConsumerProcess.HALTED);
        }
        version += 20;
      }
      try (var first = ConsumerProcess.start(url, "tx", "never");
          var second = ConsumerProcess.start(url, "tx", "never")) {
        awaitOwners(store, 2);
        version = fillUntilSaid(store, version, first);
        first.kill();
        version = fillUntilSaid(store, version, second);
        second.kill();
      }
      try (var last = ConsumerProcess.start(url, "job", "never")) {
        assertThat(last.exitCode()).isZero();
      }
    }
    assertWritten(url, version);
  }

  @Test
  void neverReadsAPartitionInTwoProcessesAtOnce() throws Exception {
    String url = LocalPostgres.freshUrl();
    var source = new PGSimpleDataSource();
    source.setUrl(url);
    try (Store store = SqlStore.postgres(source).partitions(PARTITIONS).open()) {
      prepare(url);
      fill(store, 0, 20);
      try (var first = ConsumerProcess.start(url, "alone", "never")) {
        first.awaitLines(10);
        try (var second = ConsumerProcess.start(url, "alone", "never")) {
          fill(store, 20, 20);
          awaitOwners(store, 2);
          fill(store, 40, 20);
          second.awaitLines(10);
          first.stop();
          awaitOwners(store, 1);
          fill(store, 60, 5);
          second.awaitLines(10);
          second.stop();
        }
      }
      try (var last = ConsumerProcess.start(url, "job", "never")) {
        assertThat(last.exitCode()).isZero();
      }
    }
    assertWritten(url, 65);
  }

  /// Once the server ends the transaction in which the frozen one was at work, once only the cursor
  /// can tell it that others have taken over.
  @ParameterizedTest
  @ValueSource(strings = {"held", "unbound"})
  void commitsNothingThatOthersDidWhileItsProcessWasFrozen(String how) throws Exception {
    String url = LocalPostgres.freshUrl();
    var source = new PGSimpleDataSource();
    source.setUrl(url);
    try (Store store = SqlStore.postgres(source).partitions(PARTITIONS).open()) {
      prepare(url);
      fill(store, 0, 3);
      try (var frozen = ConsumerProcess.start(url, "tx", how)) {
        frozen.awaitLines(1);
        frozen.freeze();
        try (var other = ConsumerProcess.start(url, "tx", "never")) {
          other.awaitLines(3 * KEYS);
          awaitNothingLeft(store);
          frozen.tell();
          frozen.wake();
          awaitOwners(store, 2);
          fill(store, 3, 10);
          awaitNothingLeft(store);
          frozen.stop();
          other.stop();
        }
      }
    }
    assertWritten(url, 13);
  }

  private static void awaitNothingLeft(Store store) throws Exception {
    ConsumerTrials.eventually(
        () -> store.cursors().lags("writer").stream().allMatch(lag -> lag.next() == null));
  }

  private static void awaitOwners(Store store, int count) throws Exception {
    ConsumerTrials.eventually(() ->
        store.cursors().lags("writer").stream()
                .map(lag -> String.valueOf(lag.cursor().owner()))
                .filter(owner -> !owner.equals("null"))
                .distinct()
                .count()
            == count);
  }

  private static void fill(Store store, long from, int count) {
    for (int key = 0; key < KEYS; key++) {
      store.commit(BatchBuilder.on(store).moves(new Key("m", "k" + key), from, count).build());
    }
  }

  /// Writes more for as long as a process says nothing: what there was, another may have read.
  ///
  /// @return how many events each key has now
  private static long fillUntilSaid(Store store, long from, ChildJvm process) throws Exception {
    long version = from;
    do {
      fill(store, version, 2);
      version += 2;
    } while (!process.hasSaidMore());
    return version;
  }

  private static void prepare(String url) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      String id = url.startsWith("jdbc:sqlite") ? "integer primary key" : "serial";
      statement.execute("create table mine (id " + id + ", name text, version bigint)");
      statement.execute("create table busy (partition_id integer primary key)");
    }
  }

  /// Each event of each key once, in order.
  private static void assertWritten(String url, long versions) throws SQLException {
    Map<String, List<Long>> written = new TreeMap<>();
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select name, version from mine order by id")) {
      while (rows.next()) {
        written.computeIfAbsent(rows.getString(1), _ -> new ArrayList<>()).add(rows.getLong(2));
      }
    }
    assertThat(written).hasSize(KEYS);
    List<Long> all = LongStream.rangeClosed(1, versions).boxed().toList();
    assertThat(written.values()).allSatisfy(one -> assertThat(one).isEqualTo(all));
  }
}
