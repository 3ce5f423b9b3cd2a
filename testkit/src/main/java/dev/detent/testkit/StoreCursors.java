// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.detent.Key;
import dev.detent.Offset;
import dev.detent.store.ConsumerRow;
import dev.detent.store.ConsumerSql;
import dev.detent.store.Consuming;
import dev.detent.store.CursorLag;
import dev.detent.store.CursorRow;
import dev.detent.store.DeadLetterRow;
import dev.detent.store.EventRow;
import dev.detent.store.StoreException;
import dev.detent.store.StoreException.Kind;
import dev.detent.store.Stretch;
import dev.detent.store.Stretches;
import dev.detent.store.WorkerRow;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/// Tests the places of consumers: who moves them, and that they move with what was done.
abstract class StoreCursors extends StoreJoining {
  private static final ConsumerRow MAILER =
      new ConsumerRow("mailer", "[\"m\"]", "[\"up\"]", false, 0);

  private static final long LEASE_MS = 60_000;

  @Test
  void makesAConsumerOnceWithItsCursors() {
    assertThat(store.cursors().open(MAILER, starts(7))).isTrue();
    var other = new ConsumerRow("mailer", "[]", "[]", true, 0);
    assertThat(store.cursors().open(other, starts(0))).isFalse();

    ConsumerRow row = store.cursors().consumers().getFirst();
    assertThat(row.machines()).isEqualTo("[]");
    assertThat(row.paused()).isFalse();
    assertThat(row.createdAt()).isPositive();
    assertThat(store.cursors().lags("mailer"))
        .extracting(lag -> lag.cursor().offset())
        .containsExactly(7L, 7L, 7L, 7L);
  }

  @Test
  void letsOnlyTheLastStretchGrowAndOnlyWhoSawItAsItIs() {
    Stretches stretches = store.cursors().stretches();
    assertThat(stretches.last()).isNull();
    var first = new Stretch(0, 10, List.of(1L, 0L, 2L, 3L));
    var longer = new Stretch(0, 12, List.of(1L, 5L, 2L, 3L));
    var second = new Stretch(13, 13, List.of(2L, 5L, 2L, 3L));
    assertThat(stretches.follow(null, first)).isTrue();
    assertThat(stretches.follow(null, first)).isFalse();
    assertThat(stretches.extend(first, longer)).isTrue();
    assertThat(stretches.extend(first, new Stretch(0, 11, List.of(9L, 0L, 2L, 3L)))).isFalse();
    assertThat(stretches.follow(first, new Stretch(11, 11, second.offsets()))).isFalse();
    assertThat(stretches.follow(longer, second)).isTrue();
    assertThat(stretches.follow(longer, second)).isFalse();
    assertThat(stretches.extend(longer, new Stretch(0, 13, second.offsets()))).isFalse();

    assertThat(stretches.last()).isEqualTo(second);
    assertThat(stretches.until(12)).containsExactly(longer);
    assertThat(stretches.until(13)).containsExactly(second, longer);
    assertThat(stretches.from(0)).containsExactly(longer, second);
    assertThat(stretches.from(1)).containsExactly(second);
    stretches.drop(longer);
    assertThat(stretches.from(0)).containsExactly(second);
  }

  @Test
  void givesEachCursorToOneOfManyWorkersThatTry() throws Exception {
    store.cursors().open(MAILER, starts(0));
    var start = new CyclicBarrier(3);
    var racing = new ArrayList<FutureTask<List<CursorRow>>>();
    for (int i = 0; i < 3; i++) {
      String worker = "w" + i;
      var task =
          new FutureTask<>(() -> {
            alive(worker);
            start.await();
            return store.cursors().acquire("mailer", worker, ALL);
          });
      racing.add(task);
      Thread.ofVirtual().start(task);
    }

    var all = new ArrayList<CursorRow>();
    for (FutureTask<List<CursorRow>> task : racing) {
      all.addAll(task.get());
    }
    assertThat(all).extracting(CursorRow::partition).containsExactlyInAnyOrder(0, 1, 2, 3);
    assertThat(all).allMatch(row -> row.epoch() == 1);
  }

  @Test
  void leavesTheCursorsOfLivingWorkersAlone() {
    store.cursors().open(MAILER, starts(0));
    alive("w1");
    alive("w2");
    List<CursorRow> held = store.cursors().acquire("mailer", "w1", List.of(0, 1));
    assertThat(held).extracting(CursorRow::owner).containsOnly("w1");
    assertThat(store.cursors().acquire("mailer", "w2", ALL))
        .extracting(CursorRow::partition)
        .containsExactly(2, 3);

    store.cursors().release(held);
    assertThat(store.cursors().acquire("mailer", "w2", ALL)).hasSize(4);
    store.cursors().beat(new WorkerRow("w2", Set.of("mailer"), 0, 0), -1);
    assertThat(store.cursors().acquire("mailer", "w1", List.of(3)))
        .extracting(CursorRow::epoch)
        .containsExactly(3L);
    store.cursors().forget(List.of("w2"));
    assertThat(store.cursors().acquire("mailer", "w1", ALL)).hasSize(4);
  }

  @Test
  void takesTheCursorsOfAWorkerThatRunsOtherConsumersNow() {
    store.cursors().open(MAILER, starts(0));
    alive("w1");
    assertThat(store.cursors().acquire("mailer", "w1", ALL)).hasSize(4);
    store.cursors().beat(new WorkerRow("w1", Set.of("mailer2", "nailer"), 0, 0), LEASE_MS);

    assertThat(store.cursors().acquire("mailer", "w2", ALL)).hasSize(4);
  }

  @Test
  void movesACursorTogetherWithTheUsersSql() throws Exception {
    prepare();
    CursorRow held = held();
    store.cursors().advance(held, 5, adding());

    assertThat(mine()).isEqualTo(1);
    assertThat(cursor(held).offset()).isEqualTo(5);
    store.cursors().advance(held.movedTo(5), 6, ConsumerSql.NONE);
    assertThat(cursor(held).offset()).isEqualTo(6);
  }

  @Test
  void rollsBackAndThrowsWhatAConsumerThrows() throws Exception {
    prepare();
    CursorRow held = held();
    var wanted = new Exception("no stamps");
    assertThatThrownBy(() ->
            store
                .cursors()
                .advance(
                    held,
                    5,
                    connection -> {
                      adding().run(connection);
                      throw wanted;
                    }))
        .isSameAs(wanted);
    assertThatThrownBy(
            () -> store.cursors().advance(held, 5, c -> run(c, "insert into no_such values (1)")))
        .isInstanceOf(SQLException.class);
    assertThatThrownBy(() -> store.cursors().advance(held, 5, java.sql.Connection::commit))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("return to commit");

    assertThat(mine()).isZero();
    assertThat(cursor(held)).isEqualTo(held);
    store.cursors().advance(held, 5, adding());
    assertThat(mine()).isEqualTo(1);
  }

  @Test
  void refusesAWorkerThatLostItsCursor() throws Exception {
    prepare();
    CursorRow held = held();
    store.cursors().forget(List.of("w1"));
    alive("w2");
    CursorRow next = store.cursors().acquire("mailer", "w2", List.of(held.partition())).getFirst();

    assertFenced(() -> store.cursors().advance(held, 5, adding()));
    assertFenced(() -> store.cursors().fail(held.failed(1, "{}"), false));
    assertFenced(() -> store.cursors().bury(held, letter(held, 1)));
    store.cursors().release(List.of(held));
    assertThat(mine()).isZero();
    assertThat(cursor(held)).isEqualTo(next);
    assertThat(store.cursors().letters("mailer", null, 10)).isEmpty();
  }

  @Test
  void refusesToMoveACursorFromWhereItIsNot() throws Exception {
    prepare();
    CursorRow held = held();
    store.cursors().advance(held, 5, adding());

    assertFenced(() -> store.cursors().advance(held, 5, adding()));
    assertFenced(() -> store.cursors().advance(held.movedTo(4), 6, adding()));
    assertThat(mine()).isEqualTo(1);
  }

  @Test
  void pausesAndResetsWhatIsUnderWay() throws Exception {
    prepare();
    CursorRow held = held();
    assertThat(store.cursors().pause("mailer", true)).isTrue();
    assertFenced(() -> store.cursors().advance(held, 5, adding()));
    assertThat(store.cursors().acquire("mailer", "w1", ALL)).isEmpty();
    assertThat(look().consumers().values()).allMatch(ConsumerRow::paused).hasSize(1);

    assertThat(store.cursors().pause("mailer", false)).isTrue();
    CursorRow again = acquired();
    assertThat(store.cursors().reset("mailer", Map.of(again.partition(), 42L))).isTrue();
    assertFenced(() -> store.cursors().advance(again, 5, adding()));
    assertThat(acquired().offset()).isEqualTo(42);
    assertThat(mine()).isZero();
    assertThat(store.cursors().pause("nobody", true)).isFalse();
    assertThat(store.cursors().reset("nobody", Map.of(0, 1L))).isFalse();
  }

  @Test
  void remembersFailuresAndStopsUntilItIsResumed() throws Exception {
    CursorRow held = held();
    store.cursors().fail(held.failed(2, "{\"a\":1}"), false);
    assertThat(cursor(held)).isEqualTo(held.failed(2, "{\"a\":1}"));
    store.cursors().fail(held.failed(3, "{\"a\":2}"), true);

    CursorRow stopped = cursor(held);
    assertThat(stopped.stopped()).isTrue();
    assertThat(stopped.owner()).isNull();
    assertThat(stopped.attempt()).isEqualTo(3);
    assertThat(store.cursors().acquire("mailer", "w1", List.of(held.partition()))).isEmpty();
    store.cursors().pause("mailer", false);
    assertThat(acquired()).extracting(CursorRow::attempt, CursorRow::trouble).contains(0);
    CursorRow again = cursor(held);
    store.cursors().fail(again.failed(1, "{}"), false);
    store.cursors().advance(again, 1, ConsumerSql.NONE);
    assertThat(cursor(held).trouble()).isNull();
  }

  @Test
  void keepsDeadLettersUntilTheyAreRevivedOrDiscarded() throws Exception {
    prepare();
    CursorRow held = held();
    for (int offset = 1; offset <= 3; offset++) {
      store.cursors().bury(held.movedTo(offset - 1), letter(held, offset));
    }
    CursorRow now = cursor(held);
    assertThat(now.offset()).isEqualTo(3);
    List<DeadLetterRow> letters = store.cursors().letters("mailer", null, 10);
    assertThat(letters).containsExactly(letter(held, 1), letter(held, 2), letter(held, 3));
    assertThat(store.cursors().letters("mailer", letters.getFirst().offset(), 1))
        .containsExactly(letter(held, 2));
    assertThat(store.cursors().letterCounts()).isEqualTo(Map.of("mailer", 3L));

    assertThat(store.cursors().want("mailer", letters.get(1).offset())).isTrue();
    assertThat(look().wanted()).isEqualTo(Map.of("mailer", Set.of(letters.get(1).offset())));
    DeadLetterRow again = letters.get(1).failedAgain("{\"again\":true}", 77);
    store.cursors().buryAgain(now, again);
    assertThat(store.cursors().letter("mailer", again.offset())).isEqualTo(again);
    assertThat(look().wanted()).isEmpty();

    store.cursors().revive(now, again, adding());
    assertFenced(() -> store.cursors().revive(now, again, adding()));
    assertThat(mine()).isEqualTo(1);
    assertThat(cursor(held)).isEqualTo(now);
    assertThat(store.cursors().discard("mailer", letters.getFirst().offset())).isTrue();
    assertThat(store.cursors().discard("mailer", letters.getFirst().offset())).isFalse();
    assertThat(store.cursors().want("mailer", letters.getFirst().offset())).isFalse();
    assertThat(store.cursors().letters("mailer", null, 10)).containsExactly(letter(held, 3));
  }

  @Test
  void revivesNoLetterOfALostCursor() throws Exception {
    prepare();
    CursorRow held = held();
    store.cursors().bury(held, letter(held, 1));
    store.cursors().reset("mailer", Map.of(held.partition(), 1L));

    assertFenced(() -> store.cursors().revive(held, letter(held, 1), adding()));
    assertThat(mine()).isZero();
    assertThat(store.cursors().letters("mailer", null, 10)).hasSize(1);
  }

  @Test
  void tellsHowFarConsumersAreBehind() throws Exception {
    int partition = A.partition(PARTITIONS);
    commit(batch().moves(A, 0, 3));
    store.cursors().open(MAILER, starts(0));
    store.cursors().open(new ConsumerRow("other", "[]", "[]", false, 0), starts(3));

    CursorLag lag = store.cursors().lags("mailer").get(partition);
    assertThat(lag.head()).isEqualTo(3);
    assertThat(lag.next()).isEqualTo(7);
    assertThat(store.cursors().lags(null)).hasSize(2 * PARTITIONS);
    assertThat(store.cursors().lags("other").get(partition).next()).isNull();
  }

  @Test
  void forgetsAConsumerWhole() throws Exception {
    CursorRow held = held();
    store.cursors().bury(held, letter(held, 1));

    assertThat(store.cursors().remove("mailer")).isTrue();
    assertThat(store.cursors().remove("mailer")).isFalse();
    assertThat(store.cursors().consumers()).isEmpty();
    assertThat(store.cursors().lags(null)).isEmpty();
    assertThat(store.cursors().letterCounts()).isEmpty();
    assertFenced(() -> store.cursors().advance(held, 5, ConsumerSql.NONE));
  }

  @Test
  void dropsOldEventsThatEveryConsumerIsDoneWith() throws Exception {
    int partition = A.partition(PARTITIONS);
    commit(batch().moves(A, 0, 9));
    assertThat(store.cursors().drop(partition, 7, 100)).isZero();
    store.cursors().open(MAILER, starts(0));
    assertThat(store.cursors().drop(partition, 8, 100)).isZero();
    store.cursors().reset("mailer", starts(4));
    assertThat(store.cursors().drop(partition, 8, 3)).isEqualTo(3);
    assertThat(store.cursors().drop(partition, 8, 3)).isEqualTo(1);
    assertThat(store.cursors().drop(partition, 8, 3)).isZero();
    assertThat(offsets(store.events(partition, 0, 100))).containsExactly(5L, 6L, 7L, 8L, 9L);

    store.cursors().remove("mailer");
    assertThat(store.cursors().drop(partition, 8, 100)).isEqualTo(4);
    assertThat(offsets(store.events(partition, 0, 100))).containsExactly(9L);
    commit(batch().move(A, 9, "up"));
    assertThat(store.history(A, 0, 100)).extracting(EventRow::version).containsExactly(9L, 10L);
  }

  @Test
  void beginsAHistoryWithTheFirstEventThatIsLeft() {
    int partition = A.partition(PARTITIONS);
    commit(batch().moves(A, 0, 200));
    store.cursors().drop(partition, 8, 150);

    assertThat(versions(0, 1000)).containsExactlyElementsOf(range(151, 200));
    assertThat(versions(0, 10)).containsExactlyElementsOf(range(151, 160));
    assertThat(versions(145, 10)).containsExactlyElementsOf(range(151, 155));
    assertThat(versions(155, 10)).containsExactlyElementsOf(range(156, 165));
    assertThat(versions(200, 10)).isEmpty();
    commit(batch().move(keyBeside(), 0, "up"));
    store.cursors().drop(partition, 8, 150);
    assertThat(versions(0, 10)).isEmpty();
    commit(batch().moves(A, 200, 2));
    assertThat(versions(0, 10)).containsExactly(201L, 202L);
  }

  private static Key keyBeside() {
    return IntStream.range(0, 1000)
        .mapToObj(i -> new Key("m", "beside" + i))
        .filter(key -> key.partition(PARTITIONS) == A.partition(PARTITIONS))
        .findFirst()
        .orElseThrow();
  }

  private List<Long> versions(long after, int limit) {
    return store.history(A, after, limit).stream().map(EventRow::version).toList();
  }

  private static List<Long> range(long from, long to) {
    return IntStream.rangeClosed((int) from, (int) to).mapToObj(i -> (long) i).toList();
  }

  private static List<Long> offsets(List<EventRow> rows) {
    return rows.stream().map(row -> row.offset().offset()).toList();
  }

  /// Returns a cursor that worker w1 holds.
  private CursorRow held() {
    store.cursors().open(MAILER, starts(0));
    alive("w1");
    return acquired();
  }

  private CursorRow acquired() {
    return store.cursors().acquire("mailer", "w1", List.of(2)).getFirst();
  }

  private void alive(String worker) {
    store.cursors().beat(new WorkerRow(worker, Set.of("mailer"), 0, 0), LEASE_MS);
    assertThat(look().workers()).extracting(WorkerRow::id).contains(worker);
  }

  private Consuming look() {
    return store.cursors().look(List.of("mailer", "other"));
  }

  private CursorRow cursor(CursorRow of) {
    CursorRow row = Objects.requireNonNull(store.cursors().cursor(of.consumer(), of.partition()));
    // When it last moved is of no interest here.
    return new CursorRow(
        row.consumer(),
        row.partition(),
        row.offset(),
        row.owner(),
        row.epoch(),
        row.attempt(),
        row.trouble(),
        row.stopped(),
        of.at());
  }

  private static DeadLetterRow letter(CursorRow held, long offset) {
    var place = new Offset(held.partition(), offset);
    return new DeadLetterRow("mailer", place, A, "{\"e\":1}", 1, "{\"p\":1}", false, 5);
  }

  private static Map<Integer, Long> starts(long offset) {
    return ALL.stream().collect(Collectors.toMap(p -> p, p -> offset));
  }

  private static ConsumerSql adding() {
    return connection -> run(connection, "insert into mine values (1)");
  }

  private static void run(java.sql.Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static void assertFenced(ThrowingCallable call) {
    StoreException e = catchThrowableOfType(StoreException.class, call);
    assertThat(e).as("a StoreException").isNotNull();
    assertThat(e.kind()).isEqualTo(Kind.FENCED);
  }
}
