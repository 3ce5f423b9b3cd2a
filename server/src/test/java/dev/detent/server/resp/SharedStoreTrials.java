// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.detent.Key;
import dev.detent.codec.Json;
import dev.detent.engine.JoinedTransaction;
import dev.detent.engine.MoveOptions;
import dev.detent.machine.DocumentMachine;
import dev.detent.sql.SqlStore;
import dev.detent.store.Store;
import java.io.IOException;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Leads Redis clients through sessions on servers that share a database.
@Timeout(120)
abstract class SharedStoreTrials {
  private static final String MAP = "{\"initial\":\"a\",\"map\":{\"a\":[\"b\"],\"b\":[\"a\"]}}";
  private static final String STREAM = "detent:events:redis";
  private static final int PARTITIONS = 8;
  private static final Key LOCKED = new Key("redis", "k0");
  private static final Pattern ENTRY =
      Pattern.compile("\\[\"(\\d+-\\d+)\", \\[\"id\", \"(\\d+-\\d+)\"");

  private final HikariDataSource pool = new HikariDataSource();
  private final List<RunningDoor> nodes = new ArrayList<>();

  /// Returns the URL of a database that is empty.
  abstract String url();

  /// Begins a store in a database.
  abstract SqlStore.Builder store(HikariDataSource source);

  @BeforeEach
  void start() {
    pool.setJdbcUrl(url());
    pool.setMaximumPoolSize(24);
    pool.setMinimumIdle(0);
    join();
  }

  private RunningDoor join() {
    var node = RunningDoor.open(store(pool).partitions(PARTITIONS).open(), options -> options);
    nodes.add(node);
    return node;
  }

  @AfterEach
  void stop() {
    nodes.forEach(RunningDoor::close);
    pool.close();
  }

  /// Has a second node take its share.
  private void joinAnother() {
    join();
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    while (!nodes.stream().allMatch(SharedStoreTrials::isShared)) {
      assertThat(System.nanoTime()).as("shared in time").isLessThan(deadline);
      LockSupport.parkNanos(5_000_000);
    }
  }

  private static boolean isShared(RunningDoor node) {
    return node.engine.nodes().stream()
            .filter(one -> one.partitions().size() == PARTITIONS / 2)
            .count()
        == 2;
  }

  private static void expect(RespClient client, String... answers) throws IOException {
    for (String answer : answers) {
      assertThat(client.read()).isEqualTo(answer);
    }
  }

  @Test
  void servesTheSessionAndWhatListsAndDeletesKeys() throws IOException {
    joinAnother();
    try (var client = nodes.getFirst().client();
        var other = nodes.getLast().client()) {
      for (int i = 0; i < 250; i++) {
        client.send("SM.SET", "k" + i, MAP).send("SM.MUTATE", "k" + i, "b");
      }
      for (int i = 0; i < 250; i++) {
        expect(client, "OK", "OK");
      }
      assertThat(other.ask("SM.STATE", "k7")).isEqualTo("[\"b\"]");
      assertThat(other.ask("SM.MUTATE", "k7", "nowhere")).isEqualTo("(nil)");
      assertThat(other.ask("SM.MUTATE", "k7", "a", "why")).isEqualTo("OK");
      assertThat(client.ask("SM.GET", "k7", "REASON")).isEqualTo("\"why\"");
      assertThat(other.ask("TYPE", "k7")).isEqualTo("StateType");
      assertThat(other.ask("DBSIZE")).isEqualTo("(integer) 250");
      assertThat(scanned(other)).hasSize(250);
      assertThat(other.ask("KEYS", "k24?"))
          .isEqualTo(
              "[\"k240\", \"k241\", \"k242\", \"k243\", \"k244\", \"k245\", \"k246\", \"k247\","
                  + " \"k248\", \"k249\"]");
      assertThat(other.ask("RANDOMKEY")).startsWith("\"k");
      assertThat(other.ask("MEMORY", "USAGE", "k7")).startsWith("(integer) ");
      assertThat(other.ask("COPY", "k7", "copy")).isEqualTo("(integer) 1");
      assertThat(client.ask("COPY", "k8", "copy")).isEqualTo("(integer) 0");
      assertThat(client.ask("COPY", "k8", "copy", "REPLACE")).isEqualTo("(integer) 1");
      assertThat(other.ask("SM.STATE", "copy")).isEqualTo("[\"b\"]");
      assertThat(other.ask("SET", "text", "a\0b")).isEqualTo("OK");
      assertThat(client.ask("GET", "text")).isEqualTo("\"a\0b\"");
      assertThat(other.ask("DEL", "k1", "k2", "none", "text")).isEqualTo("(integer) 3");
      assertThat(client.ask("UNLINK", "k2", "k3")).isEqualTo("(integer) 1");
      assertThat(client.ask("EXISTS", "k1", "k3", "k4", "k4")).isEqualTo("(integer) 2");
      assertThat(client.ask("SM.SET", "k1", MAP)).isEqualTo("OK");
      assertThat(other.ask("SM.INFO", "redis", "k1")).contains("\"version\":4");
      assertThat(other.ask("FLUSHALL")).isEqualTo("OK");
      assertThat(client.ask("DBSIZE")).isEqualTo("(integer) 0");
      assertThat(client.ask("SM.GET", "k7")).isEqualTo("(nil)");
      assertThat(client.ask("FLUSHDB")).isEqualTo("OK");
    }
  }

  private static TreeSet<String> scanned(RespClient client) throws IOException {
    var found = new TreeSet<String>();
    String cursor = "0";
    do {
      String page = client.ask("SCAN", cursor, "COUNT", "60", "TYPE", "statetype");
      cursor = page.substring(2, page.indexOf('"', 2));
      var matcher = Pattern.compile("\"(k\\d+)\"").matcher(page);
      while (matcher.find()) {
        assertThat(found.add(matcher.group(1))).isTrue();
      }
    } while (!cursor.equals("0"));
    return found;
  }

  @Test
  void commitsATransactionAsOneOrNotAtAll() throws IOException {
    try (var client = nodes.getFirst().client();
        var other = nodes.getFirst().client()) {
      for (int i = 0; i < 20; i++) {
        assertThat(client.ask("SM.SET", "k" + i, MAP)).isEqualTo("OK");
      }
      client.send("MULTI");
      expect(client, "OK");
      for (int i = 0; i < 20; i++) {
        assertThat(client.ask("SM.MUTATE", "k" + i, i == 5 ? "nowhere" : "b")).isEqualTo("QUEUED");
      }
      client.send("SM.SET", "bad", "{").send("DEL", "k3").send("SM.STATE", "k4").send("EXEC");
      expect(client, "QUEUED", "QUEUED", "QUEUED");
      assertThat(client.read())
          .startsWith("[OK, OK, OK, OK, OK, (nil), OK,")
          .contains("(error) ERR JSON")
          .endsWith(", (integer) 1, [\"b\"]]");
      assertThat(other.ask("SM.STATE", "k19")).isEqualTo("[\"b\"]");
      assertThat(other.ask("SM.STATE", "k5")).isEqualTo("[\"a\"]");

      assertThat(client.ask("WATCH", "k6", "none")).isEqualTo("OK");
      assertThat(other.ask("SM.MUTATE", "k6", "a")).isEqualTo("OK");
      client.send("MULTI").send("SM.MUTATE", "k7", "a").send("EXEC");
      expect(client, "OK", "QUEUED", "(nil)");
      assertThat(client.ask("SM.STATE", "k7")).isEqualTo("[\"b\"]");
      client.send("WATCH", "k6").send("MULTI").send("SM.MUTATE", "k7", "a").send("EXEC");
      expect(client, "OK", "OK", "QUEUED", "[OK]");
      client.send("MULTI").send("SM.MUTATE", "k8", "a").send("DISCARD").send("SM.STATE", "k8");
      expect(client, "OK", "QUEUED", "OK", "[\"b\"]");
    }
  }

  @Test
  void copiesAndFlushesAsPartOfATransaction() throws IOException {
    joinAnother();
    try (var client = nodes.getFirst().client();
        var other = nodes.getLast().client()) {
      for (int i = 0; i < 30; i++) {
        assertThat(other.ask("SM.SET", "k" + i, MAP)).isEqualTo("OK");
      }
      client.send("MULTI").send("SM.MUTATE", "k1", "b").send("COPY", "k1", "copy");
      client.send("COPY", "copy", "k2", "REPLACE").send("COPY", "k1", "k3").send("EXEC");
      expect(client, "OK", "QUEUED", "QUEUED", "QUEUED", "QUEUED");
      expect(client, "[OK, (integer) 1, (integer) 1, (integer) 0]");
      assertThat(other.ask("SM.STATE", "k2")).isEqualTo("[\"b\"]");
      assertThat(other.ask("WATCH", "k4")).isEqualTo("OK");
      assertThat(client.ask("SM.MUTATE", "k4", "b")).isEqualTo("OK");
      other.send("MULTI").send("COPY", "k1", "none").send("FLUSHALL").send("EXEC");
      expect(other, "OK", "QUEUED", "QUEUED", "(nil)");
      assertThat(other.ask("DBSIZE")).isEqualTo("(integer) 31");
      other.send("MULTI").send("SM.SET", "new", MAP).send("FLUSHALL").send("EXISTS", "k1", "new");
      other.send("SM.SET", "last", MAP).send("EXEC");
      expect(other, "OK", "QUEUED", "QUEUED", "QUEUED", "QUEUED");
      expect(other, "[OK, OK, (integer) 0, OK]");
      assertThat(client.ask("KEYS", "*")).isEqualTo("[\"last\"]");
      assertThat(client.ask("SM.GET", "k1")).isEqualTo("(nil)");
    }
  }

  @Test
  void commitsATransactionOnKeysThatAnotherNodeOwns() throws IOException {
    joinAnother();
    try (var client = nodes.getFirst().client()) {
      for (int i = 0; i < 20; i++) {
        assertThat(client.ask("SM.SET", "k" + i, MAP)).isEqualTo("OK");
      }
      client.send("MULTI");
      for (int i = 0; i < 20; i++) {
        client.send("SM.MUTATE", "k" + i, "b");
      }
      expect(client, "OK");
      for (int i = 0; i < 20; i++) {
        expect(client, "QUEUED");
      }
      assertThat(client.ask("EXEC")).isEqualTo("[OK" + ", OK".repeat(19) + "]");
      for (int i = 0; i < 20; i++) {
        assertThat(client.ask("SM.STATE", "k" + i)).isEqualTo("[\"b\"]");
        assertThat(client.ask("SM.MUTATE", "k" + i, "a")).isEqualTo("OK");
      }
    }
  }

  @Test
  void showsEveryEventOnceHoweverOftenTheServerIsAnotherAndWhateverIsCommittedLate()
      throws Exception {
    var seen = new TreeSet<String>();
    var ids = new ArrayList<String>(List.of("0"));
    int moved;
    try (var client = nodes.getFirst().client();
        Store joining = store(pool).open();
        Connection connection = pool.getConnection()) {
      for (int i = 0; i < 40; i++) {
        assertThat(client.ask("SM.SET", "k" + i, MAP)).isEqualTo("OK");
      }
      connection.setAutoCommit(false);
      var move =
          JoinedTransaction.of(
              joining, Map.of("redis", DocumentMachine.machine())::get, connection);
      move.call(LOCKED, "mutate", Json.parse("{\"state\":\"b\"}"), MoveOptions.NONE);
      var writer = new FutureTask<>(this::write);
      Thread.ofVirtual().start(writer);
      for (int restart = 0; restart < 5; restart++) {
        try (var fresh = RunningDoor.open(store(pool).open(), options -> options)) {
          read(fresh, ids, seen);
        }
      }
      moved = writer.get();
      connection.commit();
    }
    nodes.removeFirst().close();
    join();
    read(nodes.getLast(), ids, seen);
    assertThat(moved).isPositive();
    assertThat(seen).hasSize(40 + 1 + moved);
  }

  /// Moves machines of other partitions than that which a caller has locked.
  private int write() throws IOException {
    int moved = 0;
    try (var client = nodes.getFirst().client()) {
      for (int i = 0; i < 320; i++) {
        var key = new Key("redis", "k" + i % 40);
        if (key.partition(PARTITIONS) != LOCKED.partition(PARTITIONS)) {
          String state = i / 40 % 2 == 0 ? "b" : "a";
          moved += client.ask("SM.MUTATE", key.key(), state).equals("OK") ? 1 : 0;
        }
      }
    }
    return moved;
  }

  private static void read(RunningDoor door, List<String> ids, TreeSet<String> seen)
      throws IOException {
    try (var reader = door.client()) {
      int before = -1;
      while (seen.size() > before) {
        before = seen.size();
        var matcher =
            ENTRY.matcher(reader.ask("XREAD", "COUNT", "7", "STREAMS", STREAM, ids.getLast()));
        while (matcher.find()) {
          ids.add(matcher.group(1));
          assertThat(seen.add(matcher.group(2))).as(matcher.group(2)).isTrue();
        }
      }
    }
  }
}
