// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.annotation.StateMachine;
import dev.detent.annotation.Table;
import dev.detent.annotation.Transition;
import dev.detent.engine.Engine;
import dev.detent.machine.Machine;
import dev.detent.sql.SqlStore;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Serves rows of the application's own table to Redis clients.
class MappedRowsTest {
  sealed interface Bill {
    record Drawn(String customer, long cents) implements Bill {}

    record Paid() implements Bill {}
  }

  record Order(String customer, long cents) {}

  @StateMachine("bill")
  @Table(name = "bills", ids = Table.Ids.TEXT)
  static final class BillMachine {
    @Transition
    Bill.Drawn draw(Order order) {
      return new Bill.Drawn(order.customer(), order.cents());
    }

    @Transition
    Bill.Paid pay(Bill.Drawn from) {
      return new Bill.Paid();
    }
  }

  @TempDir private Path folder;
  private Engine engine;
  private RespDoor door;
  private RespClient client;

  @BeforeEach
  void open() throws Exception {
    Machine machine = Machine.of(new BillMachine());
    var store = SqlStore.sqlite(folder.resolve("app.db")).open();
    String script = SqlStore.ddl("sqlite", Objects.requireNonNull(machine.table()));
    for (String statement : script.split(";\n", -1)) {
      if (!statement.isBlank()) {
        sql(statement);
      }
    }
    engine = Engine.builder(store).machine(machine).start();
    door = RespDoor.open(engine, RespOptions.of("127.0.0.1", 0));
    client = new RespClient(door.port());
  }

  @AfterEach
  void close() throws Exception {
    client.close();
    door.close();
    engine.close();
  }

  private void sql(String statement) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(
                "jdbc:sqlite:" + folder.resolve("app.db") + "?busy_timeout=20000");
        Statement plain = connection.createStatement()) {
      plain.execute(statement);
    }
  }

  private void draw(String key) throws Exception {
    assertThat(client.ask("SM.CALL", "bill", key, "draw", "{\"customer\":\"ann\",\"cents\":5}"))
        .isEqualTo("\"{\"customer\":\"ann\",\"cents\":5}\"");
  }

  @Test
  void showsAndMovesARow() throws Exception {
    assertThat(client.ask("SM.INFO", "bill", "a")).startsWith("(error) NOTFOUND bill/a: no such");
    draw("a");
    sql("update bills set cents = 7 where id = 'a'");
    assertThat(client.ask("SM.INFO", "bill", "a"))
        .contains("\"state\":\"Drawn\",\"data\":{\"customer\":\"ann\",\"cents\":7},\"version\":1");
    assertThat(client.ask("SM.CALL", "bill", "a", "pay", "null", "IFMATCH", "2"))
        .startsWith("(error) VERSION bill/a");
    assertThat(client.ask("SM.CALL", "bill", "a", "pay")).isEqualTo("\"{}\"");
    assertThat(client.ask("SM.CALL", "bill", "a", "pay"))
        .startsWith("(error) NOTALLOWED bill/a: command pay is not allowed in state Paid");
    assertThat(client.ask("SM.HISTORY", "bill", "a"))
        .contains("\"to\":\"Drawn\"", "\"to\":\"Paid\"");
  }

  @Test
  void movesSeveralRowsTogetherOrNone() throws Exception {
    draw("a");
    draw("b");
    assertThat(client.ask("MULTI")).isEqualTo("OK");
    client.ask("SM.CALL", "bill", "a", "pay");
    client.ask("SM.CALL", "bill", "b", "pay");
    client.ask("SM.CALL", "bill", "b", "pay");
    assertThat(client.ask("EXEC"))
        .startsWith("[\"{}\", \"{}\", (error) NOTALLOWED bill/b: command pay is not allowed");
    sql("update bills set state = 'Drawn'");
    assertThat(client.ask("SM.CALL", "bill", "b", "pay")).isEqualTo("\"{}\"");
    assertThat(client.ask("SM.HISTORY", "bill", "b", "COUNT", "3")).contains("\"version\":3");
  }
}
