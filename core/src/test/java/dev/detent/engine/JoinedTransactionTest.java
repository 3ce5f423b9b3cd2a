// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.detent.DetentException;
import dev.detent.ErrorCode;
import dev.detent.Key;
import dev.detent.Problem;
import dev.detent.codec.Json;
import dev.detent.codec.Value;
import dev.detent.machine.Machine;
import dev.detent.sql.SqlStore;
import dev.detent.store.EventRow;
import dev.detent.store.Store;
import dev.detent.store.TimerRow;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JoinedTransactionTest {
  private static final Machine TURNSTILE =
      Machine.parse(
          "turnstile",
          Json.parse(
              """
              {"id":"turnstile","initial":"locked","states":{
                "locked":{"on":{"coin":"unlocked"}},
                "unlocked":{"on":{"push":"locked","coin":"unlocked"},"after":{"1h":"locked"}}}}
              """));
  private static final Machine ORDERS =
      Machine.define("payment", Order.class)
          .initial(Order.Created.class)
          .to(Order.Pending.class)
          .state(Order.Pending.class)
          .to(Order.Completed.class)
          .build();
  private static final Map<String, Machine> MACHINES =
      Map.of(
          "turnstile", TURNSTILE,
          "payment", ORDERS,
          "work", Machine.of(new Works()));
  private static final Key GATE = new Key("turnstile", "gate");
  private static final Key PAYMENT = new Key("payment", "p-1");

  sealed interface Order {
    record Created(String userId, int amount) implements Order {}

    record Pending() implements Order {}

    record Completed() implements Order {}
  }

  @TempDir Path folder;
  private Store store;
  private Connection connection;
  private JoinedTransaction transaction;

  @BeforeEach
  void begin() throws SQLException {
    store = SqlStore.sqlite(folder.resolve("detent.db")).open();
    var options = new Properties();
    options.setProperty("transaction_mode", "IMMEDIATE");
    connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("detent.db"), options);
    connection.setAutoCommit(false);
    transaction = JoinedTransaction.of(store, MACHINES::get, connection);
  }

  @AfterEach
  void end() throws SQLException {
    connection.close();
    store.close();
  }

  @Test
  void movesByCommandWithoutAnEngine() throws Exception {
    Moved moved = transaction.call(GATE, "coin", Json.parse("{\"n\":1}"), MoveOptions.NONE);
    assertThat(moved.instance().state()).isEqualTo("unlocked");
    assertThat(moved.instance().version()).isEqualTo(1);
    assertThat(moved.output()).isEqualTo(Json.parse("{\"n\":1}"));
    assertThat(store.instances(List.of(GATE))).isEmpty();
    connection.commit();

    EventRow event = store.history(GATE, 0, 9).getFirst();
    assertThat(event).isEqualTo(moved.event());
    assertThat(event.command()).isEqualTo("coin");
    assertThat(event.from()).isEqualTo("locked");
    assertThat(event.cause()).isEqualTo("command");
    assertThat(store.instances(List.of(GATE)).getFirst().timers()).isEqualTo(1);
  }

  @Test
  void startsTheTimersOfTheStateThatIsEnteredAndEndsThoseOfTheOther() throws Exception {
    transaction.call(GATE, "coin", Json.NULL, MoveOptions.NONE);
    Moved again = transaction.call(GATE, "coin", Json.NULL, MoveOptions.NONE);
    connection.commit();
    assertThat(timers())
        .containsExactly(
            new TimerRow(
                GATE,
                GATE.partition(store.partitions()),
                2,
                "after.1h",
                again.instance().enteredAt() + 3_600_000,
                null));

    transaction.call(GATE, "push", Json.NULL, MoveOptions.NONE);
    connection.commit();
    assertThat(timers()).isEmpty();
  }

  @Test
  void movesToAStateThatTheCallerBrings() throws Exception {
    create();
    Json said = Json.parse("{\"by\":\"ada\"}");
    Moved moved =
        transaction.move(
            PAYMENT, "Created", "Pending", json("{}"), MoveOptions.NONE.metadata(said));
    assertThat(moved.instance().state()).isEqualTo("Pending");
    connection.commit();

    List<EventRow> history = store.history(PAYMENT, 0, 9);
    assertThat(history).extracting(EventRow::to).containsExactly("Created", "Pending");
    assertThat(history).extracting(EventRow::command).containsExactly("Created", "Pending");
    assertThat(history).extracting(EventRow::metadata).containsExactly(null, said.text());
  }

  @Test
  void keepsBytesThatTheCallerSaysAsBase64() throws Exception {
    byte[] said = "hi".getBytes(StandardCharsets.UTF_8);
    transaction.call(GATE, "coin", Json.NULL, MoveOptions.NONE.metadata(said));
    connection.commit();

    assertThat(store.history(GATE, 0, 9).getFirst().metadata()).isEqualTo("{\"base64\":\"aGk=\"}");
  }

  @Test
  void tellsTheReasonsOfRefusalsApart() {
    assertThat(refused(() -> move("Created", "Pending")).code()).isEqualTo(ErrorCode.NOT_FOUND);
    create();

    Problem elsewhere = refused(() -> move("Pending", "Completed"));
    assertThat(elsewhere.code()).isEqualTo(ErrorCode.TRANSITION_NOT_ALLOWED);
    assertThat(elsewhere.members())
        .containsEntry("state", "Created")
        .containsEntry("allowed", List.of("Pending"))
        .containsEntry("declared", true);

    Problem undeclared = refused(() -> move("Created", "Completed"));
    assertThat(undeclared.code()).isEqualTo(ErrorCode.TRANSITION_NOT_ALLOWED);
    assertThat(undeclared.members()).containsEntry("declared", false);
    assertThat(undeclared.detail()).contains("declares no transition from Created to Completed");

    assertThat(
            refused(() ->
                    transaction.move(
                        PAYMENT, "Created", "Pending", json("{}"), MoveOptions.NONE.version(7)))
                .code())
        .isEqualTo(ErrorCode.VERSION_MISMATCH);
    assertThat(refused(this::create).code()).isEqualTo(ErrorCode.ALREADY_EXISTS);
    assertThat(
            refused(() ->
                    transaction.move(
                        PAYMENT, "Created", "Pending", json("{\"no\":1}"), MoveOptions.NONE))
                .code())
        .isEqualTo(ErrorCode.INVALID_INPUT);
    assertThat(
            refused(() -> transaction.call(new Key("no", "x"), "go", Json.NULL, MoveOptions.NONE))
                .code())
        .isEqualTo(ErrorCode.NOT_FOUND);
  }

  @Test
  void leavesTheTransactionUsableAfterARefusal() throws Exception {
    create();
    assertThat(refused(() -> move("Pending", "Completed"))).isNotNull();
    move("Created", "Pending");
    connection.commit();

    assertThat(store.history(PAYMENT, 0, 9))
        .extracting(event -> event.offset().offset())
        .containsExactly(1L, 2L);
  }

  @Test
  void refusesADurableHandler() {
    Problem refused =
        refused(() ->
            transaction.call(new Key("work", "a"), "work", Json.parse("\"x\""), MoveOptions.NONE));
    assertThat(refused.code()).isEqualTo(ErrorCode.BAD_REQUEST);
    assertThat(refused.detail()).contains("durable handler");
  }

  @Test
  void readsWhatTheTransactionHasDone() {
    assertThat(state(GATE)).isEqualTo("locked");
    transaction.call(GATE, "coin", Json.NULL, MoveOptions.NONE);
    assertThat(state(GATE)).isEqualTo("unlocked");
    assertThat(transaction.read(PAYMENT)).isNull();
  }

  @Test
  void takesSeveralLocksAtOnce() {
    Key[] keys =
        IntStream.range(0, 20).mapToObj(i -> new Key("turnstile", "g" + i)).toArray(Key[]::new);
    transaction.lock(keys);
    for (Key key : keys) {
      assertThat(transaction.call(key, "coin", Json.NULL, MoveOptions.NONE).instance().version())
          .isEqualTo(1);
    }
  }

  @Test
  void neverLetsTheTimeOfEventsGoBack() throws Exception {
    long future = store.now() + 1_000_000;
    transaction.call(GATE, "coin", Json.NULL, MoveOptions.NONE);
    try (var statement = connection.createStatement()) {
      statement.execute("update detent_event set occurred_at = " + future);
    }
    Moved moved = transaction.call(GATE, "push", Json.NULL, MoveOptions.NONE);
    assertThat(moved.instance().updatedAt()).isEqualTo(future);
  }

  private void create() {
    transaction.create(
        PAYMENT, "Created", json("{\"userId\":\"u\",\"amount\":1}"), MoveOptions.NONE);
  }

  private void move(String from, String to) {
    transaction.move(PAYMENT, from, to, json("{}"), MoveOptions.NONE);
  }

  private String state(Key key) {
    Instance read = transaction.read(key);
    assertThat(read).isNotNull();
    return read.state();
  }

  private List<TimerRow> timers() {
    List<Integer> all = IntStream.range(0, store.partitions()).boxed().toList();
    return store.timers(all, Long.MAX_VALUE, 9);
  }

  private static Value json(String text) {
    return Value.of(Json.parse(text));
  }

  private static Problem refused(Runnable work) {
    DetentException e = catchThrowableOfType(DetentException.class, work::run);
    assertThat(e).as("a refusal").isNotNull();
    return e.problem();
  }
}
