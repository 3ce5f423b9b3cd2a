// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.detent.Key;
import dev.detent.store.Batch;
import dev.detent.store.Claim;
import dev.detent.store.EventRow;
import dev.detent.store.InstanceRow;
import dev.detent.store.Joined;
import dev.detent.store.PartitionRow;
import dev.detent.store.Sight;
import dev.detent.store.StoreException;
import dev.detent.store.StoreException.Kind;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/// Tests that a move can be a part of the caller's own transaction.
abstract class StoreJoining extends StoreTransactions {
  /// An instance in the same partition as the first one.
  private static final Key C = key(A.partition(PARTITIONS));

  /// An instance in another partition.
  static final Key D = key((A.partition(PARTITIONS) + 1) % PARTITIONS);

  /// Returns a connection to the database of the current test, in a transaction that may write.
  protected abstract Connection connect() throws SQLException;

  @Test
  void commitsTheCallersSqlAndTheMoveTogether() throws Exception {
    makeTable();
    try (Connection connection = connect()) {
      Joined joined = store.join(connection);
      execute(connection, "insert into own values (1)");
      joined.write(move(joined, A, 0, "up"));
      assertThat(store.instances(List.of(A))).isEmpty();
      connection.commit();
    }

    assertThat(state(A)).isEqualTo("up");
    assertThat(own()).isEqualTo(1);
    assertThat(offsets(A)).containsExactly(1L);
    PartitionRow row = store.partitionRows().get(A.partition(PARTITIONS));
    assertThat(row.seq()).isEqualTo(1);
    assertThat(row.lastOffset()).isEqualTo(1);
  }

  @Test
  void leavesNoTraceAndNoHoleWhenTheCallerRollsBack() throws Exception {
    makeTable();
    try (Connection connection = connect()) {
      execute(connection, "insert into own values (1)");
      Joined joined = store.join(connection);
      joined.write(move(joined, A, 0, "up"));
      joined.write(move(joined, A, 1, "down"));
      connection.rollback();
    }
    assertThat(store.instances(List.of(A))).isEmpty();
    assertThat(own()).isZero();

    commit(batch().move(A, 0, "up"));
    assertThat(offsets(A)).containsExactly(1L);
  }

  @Test
  void movesSeveralInstancesInOneTransaction() throws Exception {
    try (Connection connection = connect()) {
      Joined joined = store.join(connection);
      Sight sight = joined.look(List.of(A, C, D));
      assertThat(sight.partitions())
          .extracting(PartitionRow::partition)
          .isSorted()
          .doesNotHaveDuplicates();
      joined.write(move(joined, A, 0, "up"));
      joined.write(move(joined, D, 0, "up"));
      joined.write(move(joined, C, 0, "up"));
      joined.write(move(joined, A, 1, "down"));
      assertThat(joined.look(List.of(A)).instances())
          .extracting(InstanceRow::state)
          .containsExactly("down");
      connection.commit();
    }

    assertThat(state(A)).isEqualTo("down");
    assertThat(state(D)).isEqualTo("up");
    assertThat(offsets(D)).containsExactly(1L);
    assertThat(offsets(A)).containsExactly(1L, 3L);
    assertThat(offsets(C)).containsExactly(2L);
    assertThat(store.history(A, 0, 9)).extracting(EventRow::version).containsExactly(1L, 2L);
  }

  @Test
  void staysUsableWhenAWriteIsRefused() throws Exception {
    makeTable();
    commit(batch().move(A, 0, "up"));
    try (Connection connection = connect()) {
      Joined joined = store.join(connection);
      execute(connection, "insert into own values (1)");
      Batch stale = BatchBuilder.on(rows(joined, A)).move(A, 7, "no").build();
      assertThat(kind(() -> joined.write(stale))).isEqualTo(Kind.FENCED);
      Batch spoiled = BatchBuilder.on(rows(joined, A)).move(A, 1, "n\0o").build();
      assertThat(kind(() -> joined.write(spoiled))).isEqualTo(Kind.REJECTED);
      joined.write(move(joined, A, 1, "down"));
      connection.commit();
    }

    assertThat(store.history(A, 0, 9)).extracting(EventRow::to).containsExactly("up", "down");
    assertThat(offsets(A)).containsExactly(1L, 2L);
    assertThat(own()).isEqualTo(1);
    assertThat(store.partitionRows().get(A.partition(PARTITIONS)).seq()).isEqualTo(2);
  }

  @Test
  void showsWhatADecisionRestsOn() throws Exception {
    commit(batch().move(A, 0, "up").move(B, 0, "up").invocation(running("i1", A, 1)));
    try (Connection connection = connect()) {
      Sight sight = store.join(connection).look(List.of(A, B, C));

      assertThat(sight.instances()).extracting(InstanceRow::key).containsExactlyInAnyOrder(A, B);
      assertThat(sight.busy()).containsExactly(A);
      assertThat(sight.lastAt()).containsEntry(A.partition(PARTITIONS), 7L);
      assertThat(sight.partitions()).contains(store.partitionRows().get(A.partition(PARTITIONS)));
      connection.rollback();
    }
  }

  @Test
  void fencesOffWhatTheOwnerDecidedBeforeTheCallerCommitted() throws Exception {
    Batch before = batch().move(A, 0, "up").build();
    commit(batch().move(C, 0, "up"));
    Batch decided = batch().move(A, 0, "up").build();
    store.transaction((_, joined) -> {
      joined.write(move(joined, A, 0, "other"));
      return true;
    });

    assertThat(kind(() -> store.commit(decided))).isEqualTo(Kind.FENCED);
    assertThat(kind(() -> store.commit(before))).isEqualTo(Kind.FENCED);
    assertThat(state(A)).isEqualTo("other");
    commit(batch().move(A, 1, "up"));
    assertThat(store.history(A, 0, 9)).extracting(EventRow::to).containsExactly("other", "up");
  }

  @Test
  void leavesTheOwnersNoteOfItsLastBatchAlone() throws Exception {
    Batch batch = batch().move(A, 0, "up").build();
    store.commit(batch);
    store.transaction((_, joined) -> {
      joined.write(move(joined, A, 1, "down"));
      return true;
    });

    assertThat(store.isCommitted(batch)).isTrue();
  }

  @Test
  void runsATransactionOfItsOwn() throws Exception {
    makeTable();
    String result =
        store.transaction((connection, joined) -> {
          execute(connection, "insert into own values (1)");
          joined.write(move(joined, A, 0, "up"));
          return "done";
        });

    assertThat(result).isEqualTo("done");
    assertThat(state(A)).isEqualTo("up");
    assertThat(own()).isEqualTo(1);
  }

  @Test
  void rollsATransactionBackWhenTheWorkThrows() throws Exception {
    makeTable();
    var enough = new Exception();
    assertThatThrownBy(() ->
            store.transaction((connection, joined) -> {
              execute(connection, "insert into own values (1)");
              joined.write(move(joined, A, 0, "up"));
              throw enough;
            }))
        .isSameAs(enough);

    assertThat(store.instances(List.of(A))).isEmpty();
    assertThat(own()).isZero();
    commit(batch().move(A, 0, "up"));
    assertThat(offsets(A)).containsExactly(1L);
  }

  @Test
  void endsATransactionOfItsOwnItself() throws Exception {
    var kept = new ArrayList<Connection>();
    assertThatThrownBy(() ->
            store.transaction((connection, _) -> {
              kept.add(connection);
              connection.commit();
              return true;
            }))
        .isInstanceOf(SQLException.class);
    assertThatThrownBy(() -> kept.getFirst().createStatement()).isInstanceOf(SQLException.class);
    commit(batch().move(A, 0, "up"));
  }

  @Test
  void refusesAConnectionThatCommitsByItself() throws Exception {
    try (Connection connection = connect()) {
      connection.rollback();
      connection.setAutoCommit(true);
      StoreException refused =
          catchThrowableOfType(StoreException.class, () -> store.join(connection));
      assertThat(refused.kind()).isEqualTo(Kind.REJECTED);
      assertThat(refused).hasMessageContaining("setAutoCommit(false)");
    }
  }

  @Test
  void isNotAloneAnyMoreOnceSomebodyHasJoined() throws Exception {
    assertThat(store.alone()).isEqualTo(store.exclusive());
    boolean exclusive = store.exclusive();
    store.transaction((_, _) -> true);

    assertThat(store.alone()).isFalse();
    assertThat(store.exclusive()).isEqualTo(exclusive);
  }

  @Test
  void findsTheHistoryOfAnInstanceThatOwnerAndCallerMoveInTurns() throws Exception {
    int version = 0;
    while (version < 70) {
      commit(batch().moves(A, version, 2));
      version += 2;
      long expected = version++;
      store.transaction((_, joined) -> {
        joined.write(move(joined, A, expected, "s"));
        return true;
      });
    }

    assertThat(store.history(A, 0, 99)).hasSize(version);
  }

  @Test
  void waitsForNoPartitionThatACallerHasLocked() throws Exception {
    assumeFalse(store.exclusive(), "an exclusive store has one writer at a time");
    int locked = A.partition(PARTITIONS);
    try (Connection connection = connect()) {
      store.join(connection).lock(List.of(locked));
      StoreException e =
          catchThrowableOfType(
              StoreException.class, () -> commit(batch().move(A, 0, "up").move(D, 0, "up")));
      assertThat(e.kind()).isEqualTo(Kind.LOCKED);
      assertThat(e.partitions()).containsExactly(locked);
      commit(batch().move(D, 0, "up"));
      connection.rollback();
    }

    assertThat(store.instances(List.of(A))).isEmpty();
    assertThat(state(D)).isEqualTo("up");
    commit(batch().move(A, 0, "up"));
  }

  @Test
  void holdsAPartitionThatWasWaitedForUntilItsOwnerHasCommitted() throws Exception {
    assumeFalse(store.exclusive(), "an exclusive store has one writer at a time");
    int partition = A.partition(PARTITIONS);
    var waiting = new FutureTask<>(() -> store.claim(partition));
    try (Connection connection = connect();
        Connection other = connect()) {
      Joined joined = store.join(connection);
      joined.lock(List.of(partition));
      Thread.ofVirtual().start(waiting);
      joined.write(move(joined, A, 0, "up"));
      connection.commit();

      try (Claim claim = waiting.get()) {
        assertThat(claim).isNotNull();
        assertThat(claim.row()).isEqualTo(store.partitionRows().get(partition));
        store.join(other).lock(List.of(D.partition(PARTITIONS)));
        Batch both = batch().move(A, 1, "down").move(D, 0, "up").build();
        assertThat(kind(() -> claim.commit(both))).isEqualTo(Kind.LOCKED);
        claim.commit(batch().move(A, 1, "down").build());
      }
      other.rollback();
    }
    assertThat(state(A)).isEqualTo("down");
    commit(batch().move(A, 2, "up").move(D, 0, "up"));
  }

  /// Makes a batch that moves an instance, from what a transaction sees.
  static Batch move(Joined joined, Key key, long expected, String state) {
    return BatchBuilder.on(rows(joined, key)).move(key, expected, state).build();
  }

  private static List<PartitionRow> rows(Joined joined, Key key) {
    var rows = new ArrayList<PartitionRow>();
    ALL.forEach(partition -> rows.add(new PartitionRow(partition, null, 0, 0, 0)));
    int partition = key.partition(PARTITIONS);
    rows.set(partition, joined.lock(List.of(partition)).getFirst());
    return rows;
  }

  static StoreException.Kind kind(Runnable work) {
    StoreException e = catchThrowableOfType(StoreException.class, work::run);
    assertThat(e).as("a StoreException").isNotNull();
    assertThat(e.getMessage()).contains("expected").contains("got");
    return e.kind();
  }

  private List<Long> offsets(Key key) {
    return store.history(key, 0, 9).stream().map(event -> event.offset().offset()).toList();
  }

  private void makeTable() throws Exception {
    createTable("create table own (a int)");
  }

  private long own() throws Exception {
    return store.transaction((connection, _) -> {
      try (Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery("select count(*) from own")) {
        rows.next();
        return rows.getLong(1);
      }
    });
  }

  static boolean execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.execute(sql);
    }
  }

  private static Key key(int partition) {
    int number = 0;
    Key key;
    do {
      key = new Key("m", "k" + number++);
    } while (key.partition(PARTITIONS) != partition);
    return key;
  }
}
