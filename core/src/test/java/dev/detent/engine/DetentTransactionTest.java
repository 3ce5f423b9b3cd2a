// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.detent.DetentException;
import dev.detent.ErrorCode;
import dev.detent.Key;
import dev.detent.codec.Json;
import dev.detent.event.Cursor;
import dev.detent.machine.Machine;
import dev.detent.sql.SqlStore;
import dev.detent.store.EventRow;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tests an engine and transactions of callers on one SQLite file.
class DetentTransactionTest {
  private static final Machine COUNTER =
      Machine.parse(
          "counter",
          Json.parse(
              """
              {"id":"counter","initial":"on","states":{"on":{"on":{"tick":"on"}}}}
              """));
  private static final Key A = new Key("counter", "a");

  @TempDir Path folder;
  private final Works works = new Works();
  private Detent detent;

  @BeforeEach
  void start() {
    detent =
        Detent.builder(SqlStore.sqlite(folder.resolve("detent.db")).open())
            .machine(COUNTER)
            .machine(works)
            .start();
  }

  @AfterEach
  void stop() {
    works.gate.countDown();
    detent.close();
  }

  @Test
  void takesTurnsWithTheEngineOnOneInstance() throws Exception {
    for (int i = 0; i < 20; i++) {
      long before = detent.machine("counter").call("a", "tick").version();
      long within =
          detent.transaction(
              tx -> tx.call(A, "tick", Json.NULL, MoveOptions.NONE).instance().version());
      assertThat(within).isEqualTo(before + 1);
      assertThat(detent.machine("counter").read("a").version()).isEqualTo(within);
    }
    List<EventRow> history = detent.engine().events().history(A, 0, 100);
    assertThat(history).hasSize(40);
    assertThat(history)
        .extracting(event -> event.offset().offset())
        .isEqualTo(history.stream().map(EventRow::version).toList());
  }

  @Test
  void rollsEverythingBackWhenTheWorkThrows() throws Exception {
    detent.transaction(tx -> sql(tx, "create table mine (a int)"));
    assertThatThrownBy(() ->
            detent.transaction(tx -> {
              sql(tx, "insert into mine values (1)");
              tx.call(A, "tick", Json.NULL, MoveOptions.NONE);
              throw new IllegalStateException("enough");
            }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("enough");

    assertThat(detent.machine("counter").read("a").version()).isZero();
    assertThat(detent.machine("counter").call("a", "tick").version()).isEqualTo(1);
    int rows =
        detent.transaction(tx -> {
          try (var statement = tx.connection().createStatement();
              var found = statement.executeQuery("select count(*) from mine")) {
            return found.getInt(1);
          }
        });
    assertThat(rows).isZero();
  }

  @Test
  void refusesACallOfTheEngineWithinATransactionInsteadOfWaitingForItself() {
    DetentException refused =
        catchThrowableOfType(
            DetentException.class,
            () -> detent.transaction(_ -> detent.machine("counter").call("a", "tick")));
    assertThat(refused.code()).isEqualTo(ErrorCode.BAD_REQUEST);
    assertThat(refused).hasMessageContaining("within");

    DetentException nested =
        catchThrowableOfType(
            DetentException.class, () -> detent.transaction(_ -> detent.transaction(_ -> true)));
    assertThat(nested).hasMessageContaining("open on this thread");
    assertThat(detent.machine("counter").call("a", "tick").version()).isEqualTo(1);
  }

  @Test
  void refusesToMoveAnInstanceOnWhichAHandlerRuns() {
    works.gate = new CountDownLatch(1);
    String id = detent.machine("work").send("k", "work", "x", Duration.ZERO);
    Eventually.holds(() -> works.effects.get() > 0);
    DetentException busy =
        catchThrowableOfType(
            DetentException.class,
            () ->
                detent.transaction(
                    tx -> tx.call(new Key("work", "k"), "reset", Json.NULL, MoveOptions.NONE)));
    assertThat(busy.code()).isEqualTo(ErrorCode.OVERLOADED);
    assertThat(busy.code().retryable()).isTrue();

    works.gate.countDown();
    assertThat(detent.invocation(id).result(Duration.ofSeconds(60))).isNotNull();
    assertThat(detent.machine("work").read("k").version()).isEqualTo(1);
  }

  @Test
  void showsEventsOfATransactionToWhoeverFollowsTheLog() throws Exception {
    detent.machine("counter").call("a", "tick");
    Cursor end = detent.engine().events().end();
    detent.transaction(tx -> tx.call(A, "tick", Json.NULL, MoveOptions.NONE));

    assertThat(detent.engine().events().await(end, 60_000)).isTrue();
    assertThat(detent.engine().events().read(null, end, 9).events())
        .extracting(EventRow::version)
        .containsExactly(2L);
  }

  private static boolean sql(JoinedTransaction tx, String text) throws SQLException {
    try (var statement = tx.connection().createStatement()) {
      return statement.execute(text);
    }
  }
}
