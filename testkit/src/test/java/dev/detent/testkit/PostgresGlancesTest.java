// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.detent.Key;
import dev.detent.sql.SqlStore;
import dev.detent.store.Batch;
import dev.detent.store.EventRow;
import dev.detent.store.Glance;
import dev.detent.store.InstanceRow;
import dev.detent.store.InstanceWrite;
import dev.detent.store.Joined;
import dev.detent.store.PartitionRow;
import dev.detent.store.Store;
import java.sql.Connection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Tests moves that are decided on reads without locks: what holds no more is not written.
class PostgresGlancesTest {
  private static final Key A = new Key("m", "a");
  private static final Key B = new Key("m", "b");

  private final HikariDataSource pool = new HikariDataSource();
  private final Store store;

  PostgresGlancesTest() {
    pool.setJdbcUrl(LocalPostgres.freshUrl());
    pool.setMaximumPoolSize(4);
    store = SqlStore.postgres(pool).partitions(1).open();
    commit(batch().move(A, 0, "up").move(B, 0, "up"));
  }

  @AfterEach
  void close() {
    store.close();
    pool.close();
  }

  @Test
  void movesOnWhatWasSeen() throws Exception {
    try (Connection connection = connect()) {
      Joined joined = store.join(connection);
      Glance seen = glance(joined, A);
      assertThat(seen.instance()).isEqualTo(instance(A));
      assertThat(move(joined, seen, 7)).isEqualTo(3);
      assertThat(move(joined, glance(joined, A), 7)).isEqualTo(4);
      assertThat(instance(A).version()).isEqualTo(1);
      connection.commit();
    }
    assertThat(instance(A).version()).isEqualTo(3);
    assertThat(store.history(A, 0, 9))
        .extracting(event -> event.version() + " at " + event.offset().offset())
        .containsExactly("1 at 1", "2 at 3", "3 at 4");
    assertThat(partition().seq()).isEqualTo(3);
    commit(batch().move(A, 3, "up"));
    assertThat(store.history(A, 0, 9)).hasSize(4);
  }

  @Test
  void leavesNoTraceWhenTheCallerRollsBack() throws Exception {
    PartitionRow before = partition();
    try (Connection connection = connect()) {
      Joined joined = store.join(connection);
      assertThat(move(joined, glance(joined, A), 7)).isEqualTo(3);
      connection.rollback();
    }
    assertThat(partition()).isEqualTo(before);
    assertThat(instance(A).version()).isEqualTo(1);
  }

  @Test
  void takesTheNextOffsetWhateverOtherCallersHaveMoved() throws Exception {
    try (Connection connection = connect()) {
      Joined joined = store.join(connection);
      Glance seen = glance(joined, A);
      moveMeanwhile(B, 7);
      assertThat(move(joined, seen, 7)).isEqualTo(4);
      connection.commit();
    }
    assertThat(store.events(0, 0, 9))
        .extracting(event -> event.key().key() + event.version())
        .containsExactly("a1", "b1", "b2", "a2");
  }

  @Test
  void writesNothingWhenTheInstanceHasMoved() throws Exception {
    writesNothing(() -> moveMeanwhile(A, 7));
    assertThat(instance(A).version()).isEqualTo(2);
  }

  @Test
  void writesNothingWhenTheOwnerMayHaveBegunAHandler() throws Exception {
    writesNothing(() -> commit(batch().invocation(StoreJournals.running("i1", A, 1))));
  }

  @Test
  void writesNothingWhenThePartitionHasChangedHands() throws Exception {
    writesNothing(() -> store.acquire("node", List.of(0)));
  }

  @Test
  void writesNothingThatWouldBeBeforeTheLastEvent() throws Exception {
    writesNothing(() -> moveMeanwhile(B, 8));
  }

  @Test
  void remembersTheTimeOfTheLastEventWhoeverWroteIt() throws Exception {
    moveMeanwhile(B, 90);
    assertThat(lastAt()).isEqualTo(90);
    commit(batch().move(A, 1, "down"));
    assertThat(lastAt()).isEqualTo(90);
    Batch late = batch().move(A, 2, "up").build();
    store.transaction((_, joined) -> {
      joined.write(late);
      return true;
    });
    assertThat(lastAt()).isEqualTo(90);
  }

  @Test
  void showsNothingOfWhatMustBeDecidedUnderLocks() throws Exception {
    Key stored = new Key("m", "timer");
    commit(batch().moves(A, 1, 62).invocation(StoreJournals.running("i1", B, 1)));
    commit(batch().move(stored, 0, "up").timer(stored, 1, "after", 50));
    store.transaction((connection, joined) -> {
      assertThat(joined.glance(A)).as("the next event is a milestone").isNull();
      assertThat(joined.glance(B)).as("a handler runs").isNull();
      assertThat(joined.glance(new Key("m", "none"))).as("not stored").isNull();
      return true;
    });
  }

  @Test
  void fencesOffWhatTheOwnerDecidedBefore() throws Exception {
    Batch decided = batch().move(A, 1, "stale").build();
    moveMeanwhile(A, 7);
    assertThat(StoreJoining.kind(() -> store.commit(decided)))
        .isEqualTo(dev.detent.store.StoreException.Kind.FENCED);
  }

  private interface Meanwhile {
    void run() throws Exception;
  }

  /// Looks, lets something happen, and tries to move: nothing of that is written, and the
  /// transaction goes on.
  private void writesNothing(Meanwhile meanwhile) throws Exception {
    try (Connection connection = connect()) {
      Joined joined = store.join(connection);
      Glance seen = glance(joined, A);
      meanwhile.run();
      PartitionRow before = partition();
      InstanceRow there = instance(A);
      assertThat(move(joined, seen, 7)).isZero();
      connection.commit();
      assertThat(partition()).isEqualTo(before);
      assertThat(instance(A)).isEqualTo(there);
    }
    assertThat(store.events(0, 0, 9))
        .extracting(event -> event.offset().offset())
        .doesNotHaveDuplicates()
        .hasSize((int) partition().lastOffset());
  }

  private boolean moveMeanwhile(Key key, long at) throws Exception {
    return store.transaction((_, joined) -> move(joined, glance(joined, key), at) > 0);
  }

  private static Glance glance(Joined joined, Key key) {
    @Nullable Glance seen = joined.glance(key);
    return Objects.requireNonNull(seen, "a glance of " + key);
  }

  private long move(Joined joined, Glance seen, long at) {
    InstanceRow row = seen.instance();
    Batch batch = batch().move(row.key(), row.version(), "s" + row.version()).build();
    EventRow drawn = batch.events().getFirst();
    EventRow event =
        new EventRow(
            drawn.offset(),
            drawn.key(),
            drawn.version(),
            drawn.command(),
            row.state(),
            drawn.to(),
            drawn.input(),
            at,
            drawn.cause(),
            drawn.forced(),
            null);
    InstanceWrite write = batch.instances().getFirst();
    return joined.move(seen, write, event);
  }

  private long lastAt() throws Exception {
    try (Connection connection = connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery("select last_at from detent_partition")) {
      rows.next();
      return rows.getLong(1);
    }
  }

  private BatchBuilder batch() {
    return BatchBuilder.on(store);
  }

  private boolean commit(BatchBuilder builder) {
    store.commit(builder.build());
    return true;
  }

  private PartitionRow partition() {
    return store.partitionRows().getFirst();
  }

  private InstanceRow instance(Key key) {
    return store.instances(List.of(key)).getFirst();
  }

  private Connection connect() throws Exception {
    Connection connection = pool.getConnection();
    connection.setAutoCommit(false);
    return connection;
  }
}
