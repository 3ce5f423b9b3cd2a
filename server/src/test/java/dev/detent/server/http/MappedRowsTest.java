// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.detent.annotation.StateMachine;
import dev.detent.annotation.Table;
import dev.detent.annotation.Transition;
import dev.detent.annotation.Validate;
import dev.detent.codec.Json;
import dev.detent.engine.Engine;
import dev.detent.machine.Machine;
import dev.detent.sql.SqlStore;
import dev.detent.store.Store;
import dev.detent.table.Tables;
import dev.detent.testkit.LocalPostgres;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Serves rows of the application's own table over HTTP.
class MappedRowsTest {
  sealed interface Payment {
    record Created(String userId, BigDecimal amount) implements Payment {}

    record Pending() implements Payment {}

    record Completed(String result) implements Payment {}
  }

  record Request(String userId, BigDecimal amount) {}

  @StateMachine("payment")
  @Table(name = "payments", state = "status", ids = Table.Ids.LONG, version = "lock_version")
  static final class PaymentMachine {
    @Transition
    Payment.Created create(Request request) {
      return new Payment.Created(request.userId(), request.amount());
    }

    @Transition
    Payment.Created raise(Payment.Created from, BigDecimal by) {
      return new Payment.Created(from.userId(), from.amount().add(by));
    }

    @Transition
    Payment.Pending submit(Payment.Created from) {
      return new Payment.Pending();
    }

    @Transition
    Payment.Completed complete(Payment.Pending from, String result) {
      return new Payment.Completed(result);
    }

    @Validate
    void positive(Payment.Created to) {
      if (to.amount().signum() <= 0) {
        throw new IllegalArgumentException("the amount is not above zero");
      }
    }
  }

  @StateMachine("invoice")
  @Table(name = "invoices")
  static final class InvoiceMachine {
    sealed interface Invoice {
      record Open(String customer) implements Invoice {}

      record Sent() implements Invoice {}

      record Paid() implements Invoice {}
    }

    @Transition
    Invoice.Open open(String customer) {
      return new Invoice.Open(customer);
    }

    @Transition
    Invoice.Sent post(Invoice.Open from) {
      return new Invoice.Sent();
    }

    @Transition
    Invoice.Paid pay(Invoice.Sent from) {
      return new Invoice.Paid();
    }
  }

  private static final String ANN = "{\"userId\":\"ann\",\"amount\":12.50}";

  @TempDir Path folder;
  private final HttpClient client = HttpClient.newHttpClient();
  private DataSource source;
  private Store store;
  private Engine engine;
  private HttpDoor door;

  private void open(String dialect) throws SQLException {
    if (dialect.equals("sqlite")) {
      var config = new SQLiteConfig();
      config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
      config.setBusyTimeout(20_000);
      var file = new SQLiteDataSource(config);
      file.setUrl("jdbc:sqlite:" + folder.resolve("app.db"));
      source = file;
      store = SqlStore.sqlite(folder.resolve("app.db")).open();
    } else {
      var pool = new HikariConfig();
      pool.setJdbcUrl(LocalPostgres.freshUrl());
      source = new HikariDataSource(pool);
      store = SqlStore.postgres(source).partitions(8).open();
    }
    for (Machine machine :
        new Machine[] {Machine.of(new PaymentMachine()), Machine.of(new InvoiceMachine())}) {
      String script = SqlStore.ddl(dialect, Objects.requireNonNull(machine.table()));
      for (String statement : script.split(";\n", -1)) {
        sql(statement);
      }
    }
    engine =
        Engine.builder(store)
            .machine(Machine.of(new PaymentMachine()))
            .machine(Machine.of(new InvoiceMachine()))
            .start();
    door = HttpDoor.open(engine, HttpOptions.builder().port(0).build(), machine -> "<svg/>");
  }

  @AfterEach
  void close() throws Exception {
    client.close();
    door.close();
    engine.close();
    if (source instanceof AutoCloseable pool) {
      pool.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sqlite", "postgresql"})
  void showsAndMovesARow(String dialect) throws Exception {
    open(dialect);
    assertThat(call(200, "POST", "/payment/42/create", ANN))
        .isEqualTo(json("{'userId':'ann','amount':12.50}"));
    JsonNode row = call(200, "GET", "/payment/42", "");
    assertThat(row.at("/state").asString()).isEqualTo("Created");
    assertThat(row.at("/data")).isEqualTo(json("{'userId':'ann','amount':12.50}"));
    assertThat(row.at("/allowed")).isEqualTo(json("['raise','submit']"));
    assertThat(query("select user_id, status, lock_version from payments where id = 42"))
        .isEqualTo("ann|Created|1");

    sql("update payments set amount = 20, user_id = 'bob' where id = 42");
    assertThat(call(200, "GET", "/payment/42", "").at("/data"))
        .isEqualTo(json("{'userId':'bob','amount':20}"));
    assertThat(call(200, "GET", "/payment/42?consistency=stale", "").at("/data/userId").asString())
        .isEqualTo("bob");
    assertThat(call(200, "POST", "/payment/42/raise", "0.5").at("/amount").decimalValue())
        .isEqualByComparingTo("20.5");
    sql("update payments set status = 'Pending' where id = 42");
    JsonNode refused = call(409, "POST", "/payment/42/raise", "1");
    assertThat(refused.at("/code").asString()).isEqualTo("TRANSITION_NOT_ALLOWED");
    assertThat(refused.at("/state").asString()).isEqualTo("Pending");
    assertThat(refused.at("/allowed")).isEqualTo(json("['complete']"));
    call(200, "POST", "/payment/42/complete", "\"ok\"");
    assertThat(query("select user_id, status, result from payments where id = 42"))
        .isEqualTo("bob|Completed|ok");
    assertThat(trail(call(200, "GET", "/payment/42/history", "")))
        .containsExactly("1 null Created", "2 Created Created", "3 Pending Completed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"sqlite", "postgresql"})
  void findsRowsByStateAlsoByOneThatTheMachineLacks(String dialect) throws Exception {
    open(dialect);
    call(200, "POST", "/payment/41/create", ANN);
    call(200, "POST", "/payment/42/create", ANN);
    sql("update payments set status = 'Weird' where id = 42");
    JsonNode row = call(200, "GET", "/payment/42", "");
    assertThat(row.at("/state").asString()).isEqualTo("Weird");
    assertThat(row.at("/allowed")).isEmpty();
    assertThat(call(409, "POST", "/payment/42/submit", "").at("/detail").asString())
        .isEqualTo("payment/42: command submit is not allowed in state Weird; allowed: nothing");
    String list = "/api/machines/payment/instances";
    assertThat(call(200, "GET", list, "").at("/instances")).hasSize(2);
    assertThat(call(200, "GET", list + "?state=Weird", "").at("/instances/0/key").asString())
        .isEqualTo("42");
    assertThat(call(200, "GET", list + "?state=Created", "").at("/instances/0/key").asString())
        .isEqualTo("41");
    assertThat(call(200, "GET", list + "?state=Pending", "").at("/instances")).isEmpty();
    assertThat(call(200, "GET", "/api/machines/payment/counts", ""))
        .isEqualTo(json("{'Created':1,'Pending':0,'Completed':0,'Weird':1}"));
    sql("delete from payments where id = 42");
    call(404, "GET", "/payment/42", "");
    call(404, "POST", "/payment/42/submit", "");
  }

  @Test
  void answersForKeysThatAreNoRows() throws Exception {
    open("sqlite");
    for (String key : List.of("42", "abc", "042")) {
      JsonNode missing = call(404, "GET", "/payment/" + key, "");
      assertThat(missing.at("/what").asString()).isEqualTo("instance");
    }
    assertThat(call(404, "POST", "/payment/42/submit", "").at("/detail").asString())
        .isEqualTo("payment/42: no such instance; create it with one of: create");
    String wrong =
        "expected a key that is a whole number of 64 bits without leading zeros, got 'abc';"
            + " it is the id of a row of table payments";
    assertThat(call(404, "GET", "/payment/abc", "").at("/detail").asString())
        .isEqualTo("payment/abc: no such instance; " + wrong);
    for (String command : List.of("submit", "create", "create/send")) {
      JsonNode refused = call(400, "POST", "/payment/abc/" + command, ANN);
      assertThat(refused.at("/code").asString()).isEqualTo("INVALID_INPUT");
      assertThat(refused.at("/detail").asString()).isEqualTo("payment/abc: " + wrong);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sqlite", "postgresql"})
  void repeatsSafelyAndKeepsToAVersion(String dialect) throws Exception {
    open(dialect);
    HttpResponse<String> first = send("POST", "/payment/42/create", ANN, "Idempotency-Key", "one");
    HttpResponse<String> repeat = send("POST", "/payment/42/create", ANN, "Idempotency-Key", "one");
    assertThat(repeat.body()).isEqualTo(first.body());
    assertThat(repeat.headers().firstValue("Idempotent-Replayed")).hasValue("true");
    assertThat(send("POST", "/payment/42/create", "{}", "Idempotency-Key", "one").statusCode())
        .isEqualTo(422);
    assertThat(call(409, "POST", "/payment/42/create", ANN).at("/code").asString())
        .isEqualTo("ALREADY_EXISTS");
    assertThat(send("GET", "/payment/42", "").headers().firstValue("ETag")).hasValue("\"1\"");
    assertThat(send("POST", "/payment/42/raise", "1", "If-Match", "\"1\"").statusCode())
        .isEqualTo(200);
    HttpResponse<String> moved = send("POST", "/payment/42/raise", "1", "If-Match", "\"1\"");
    assertThat(moved.statusCode()).isEqualTo(412);
    assertThat(moved.body()).contains("VERSION_MISMATCH", "\"version\":2");
    JsonNode invalid = call(422, "POST", "/payment/42/raise", "-99");
    assertThat(invalid.at("/validation").asString()).isEqualTo("positive");
    call(400, "POST", "/payment/42/raise", "\"much\"");
    assertThat(trail(call(200, "GET", "/api/events?machine=payment", ""))).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sqlite", "postgresql"})
  void showsWhatCallersDidInTheirTransactions(String dialect) throws Exception {
    open(dialect);
    for (String key : List.of("7", "new")) {
      assertThat(call(400, "POST", "/invoice/" + key + "/open", "\"ann\"").at("/detail").asString())
          .contains(
              "expected an id that the database makes", "create it in a transaction of yours");
    }
    assertThat(call(404, "GET", "/invoice/7", "").at("/detail").asString())
        .endsWith(
            "the database makes its id, so create it with one of: open, in a transaction of yours");
    long id = inTransaction();
    JsonNode row = call(200, "GET", "/invoice/" + id, "");
    assertThat(row.at("/state").asString()).isEqualTo("Sent");
    call(200, "POST", "/invoice/" + id + "/pay", "");
    JsonNode events = call(200, "GET", "/invoice/" + id + "/history", "");
    assertThat(trail(events)).containsExactly("1 null Open", "2 Open Sent", "3 Sent Paid");
    assertThat(call(200, "GET", "/api/events", "").at("/events")).isEqualTo(events.at("/events"));
    assertThat(events.at("/events/0/metadata")).isEqualTo(json("{'by':'ann'}"));
    assertThat(events.at("/events/1/metadata")).isEqualTo(json("{'base64':'AQI='}"));
    assertThat(events.at("/events/2").has("metadata")).isFalse();
    assertThat(streamed(3)).containsExactlyElementsOf(events.at("/events").valueStream().toList());
  }

  private long inTransaction() throws SQLException {
    var invoices = Tables.open(store).machine(new InvoiceMachine());
    try (Connection connection = source.getConnection()) {
      connection.setAutoCommit(false);
      var now = invoices.in(connection);
      long id =
          now.metadata(Json.parse("{\"by\":\"ann\"}"))
              .create(new InvoiceMachine.Invoice.Open("ann"));
      now.metadata(new byte[] {1, 2})
          .move(id, InvoiceMachine.Invoice.Open.class, new InvoiceMachine.Invoice.Sent());
      connection.commit();
      return id;
    }
  }

  /// Reads events from the live stream.
  private List<JsonNode> streamed(int count) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + door.port() + "/api/events"))
            .header("Accept", "text/event-stream")
            .build();
    try (Stream<String> lines = client.send(request, BodyHandlers.ofLines()).body()) {
      return lines
          .filter(line -> line.startsWith("data: "))
          .limit(count)
          .map(line -> JsonMapper.shared().readTree(line.substring("data: ".length())))
          .toList();
    }
  }

  private static List<String> trail(JsonNode page) {
    return page.at("/events")
        .valueStream()
        .map(event ->
            event.at("/version")
                + " "
                + event.at("/from").asString("null")
                + " "
                + event.at("/to").asString())
        .toList();
  }

  private static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text.replace('\'', '"'));
  }

  private JsonNode call(int status, String method, String path, String body) throws Exception {
    HttpResponse<String> response = send(method, path, body);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    return JsonMapper.shared().readTree(response.body());
  }

  private HttpResponse<String> send(String method, String path, String body, String... headers)
      throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + door.port() + path))
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .header("Content-Type", "application/json");
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private void sql(String statement) throws SQLException {
    if (statement.isBlank()) {
      return;
    }
    try (Connection connection = source.getConnection();
        Statement plain = connection.createStatement()) {
      plain.execute(statement);
    }
  }

  private String query(String select) throws SQLException {
    try (Connection connection = source.getConnection();
        Statement plain = connection.createStatement();
        ResultSet row = plain.executeQuery(select)) {
      assertThat(row.next()).isTrue();
      return row.getString(1) + "|" + row.getString(2) + "|" + row.getString(3);
    }
  }
}
