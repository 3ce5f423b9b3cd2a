// SPDX-License-Identifier: Apache-2.0
package dev.detent.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.server.Config;
import dev.detent.server.Server;
import dev.detent.testkit.LocalMariadb;
import dev.detent.testkit.LocalPostgres;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Asks a server with `--examples` what README's session asks.
class ServedTest {
  @TempDir Path folder;

  private HttpClient client;
  private Server server;

  @BeforeEach
  void start() {
    client = HttpClient.newHttpClient();
    server = serve("sqlite:" + folder.resolve("detent.db"));
  }

  private static Server serve(String store) {
    return Server.start(Config.builder().store(store).http("127.0.0.1:0").examples(true).build());
  }

  @AfterEach
  void stop() {
    server.close();
    client.close();
  }

  @Test
  void listsAllOfThem() throws Exception {
    assertThat(get("/api/machines"))
        .contains(
            "\"machine\":\"turnstile\",\"kind\":\"json\"",
            "\"machine\":\"life\",\"kind\":\"java\"",
            "\"machine\":\"payment\",\"kind\":\"code\"",
            "\"machine\":\"resource\",\"kind\":\"java\"",
            "\"machine\":\"payment-processor\",\"kind\":\"java\"",
            "\"machine\":\"order\",\"kind\":\"java\"");
  }

  @Test
  void drawsThem() throws Exception {
    assertThat(get("/api/machines/payment/diagram?format=svg")).startsWith("<svg");
  }

  @Test
  void answersAsARestateResourceDoes() throws Exception {
    assertThat(post("/resource/my-machine/tearDown")).isEqualTo("\"my-machine is not yet UP\"");
    assertThat(post("/resource/my-machine/setUp")).isEqualTo("\"my-machine is now UP\"");
    assertThat(post("/resource/my-machine/setUp")).isEqualTo("\"my-machine is already UP\"");
    assertThat(get("/resource/my-machine/status")).isEqualTo("\"UP\"");
    assertThat(post("/resource/my-machine/tearDown")).isEqualTo("\"my-machine is now DOWN\"");
  }

  /// Sends the five requests that the original example sends at once.
  @Test
  void takesOneTransitionOfAResourceAtATime() throws Exception {
    var answers = new ArrayList<CompletableFuture<HttpResponse<String>>>();
    for (String path : List.of("a/setUp", "a/tearDown", "b/setUp", "b/setUp", "b/tearDown")) {
      HttpRequest request = request("/resource/" + path).POST(BodyPublishers.ofString("")).build();
      answers.add(client.sendAsync(request, BodyHandlers.ofString()));
    }
    var a = new ArrayList<String>();
    var b = new ArrayList<String>();
    for (int i = 0; i < answers.size(); i++) {
      (i < 2 ? a : b).add(answers.get(i).get(60, TimeUnit.SECONDS).body());
    }
    assertThat(a)
        .isIn(
            List.of("\"a is now UP\"", "\"a is now DOWN\""),
            List.of("\"a is now UP\"", "\"a is not yet UP\""));
    assertThat(b.subList(0, 2).stream().sorted().toList())
        .isIn(
            List.of("\"b is already UP\"", "\"b is now UP\""),
            List.of("\"b is now UP\"", "\"b is now UP\""));
    assertThat(b.get(2)).isIn("\"b is now DOWN\"", "\"b is not yet UP\"");
    assertThat(transitions("a")).isEqualTo(a.contains("\"a is now DOWN\"") ? 2 : 1);
    long moves = b.stream().filter(answer -> answer.contains("is now")).count();
    assertThat(transitions("b")).isEqualTo(moves);
  }

  private long transitions(String key) throws Exception {
    return get("/resource/" + key + "/history").split("\"offset\"", -1).length - 1;
  }

  @Test
  void servesRowsOfATableThatItMakes() throws Exception {
    assertThat(post("/order/42/place", "{\"customer\":\"ann\",\"amount\":12.50}"))
        .isEqualTo("{\"customer\":\"ann\",\"amount\":12.50}");
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("detent.db"));
        Statement statement = connection.createStatement()) {
      statement.execute("update example_orders set amount = '20' where id = 42");
    }
    assertThat(get("/order/42"))
        .contains("\"state\":\"Placed\",\"data\":{\"customer\":\"ann\",\"amount\":20}");
    assertThat(post("/order/42/discount", "20")).contains("the amount is not above zero");
    assertThat(post("/order/42/ship", "\"bike\"")).isEqualTo("{\"carrier\":\"bike\"}");
    stop();
    start();
    assertThat(get("/order/42")).contains("\"state\":\"Shipped\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"postgresql", "mariadb"})
  void makesTheTableOnceForServersThatStartTogether(String dialect) throws Exception {
    String url = dialect.equals("mariadb") ? LocalMariadb.freshUrl() : LocalPostgres.freshUrl();
    String user = url.replaceFirst("^.*user=([a-z]+).*$", "$1");
    String store = url.replaceFirst("^jdbc:([a-z]+)://([^?]*).*$", "$1://" + user + "@$2");
    server.close();
    var starts = new ArrayList<Future<Server>>();
    try (var threads = Executors.newFixedThreadPool(3)) {
      for (int i = 0; i < 3; i++) {
        starts.add(threads.submit(() -> serve(store)));
      }
    }
    try (Server first = starts.get(0).get();
        Server second = starts.get(1).get();
        Server third = starts.get(2).get()) {
      server = first;
      String order = "{\"customer\":\"ann\",\"amount\":12.50}";
      assertThat(post("/order/42/place", order)).isEqualTo(order);
      server = second;
      assertThat(get("/order/42")).contains("\"state\":\"Placed\"");
      server = third;
      assertThat(get("/order/42")).contains("\"customer\":\"ann\",\"amount\":12.5");
    }
  }

  @Test
  void saysWhereItIs() {
    assertThat(server.readyLine())
        .isEqualTo(
            "detent ready http=%s redis=off store=sqlite:%s"
                .formatted(server.http(), folder.resolve("detent.db")));
  }

  private String get(String path) throws Exception {
    return client.send(request(path).build(), BodyHandlers.ofString()).body();
  }

  private String post(String path) throws Exception {
    return post(path, "");
  }

  private String post(String path, String body) throws Exception {
    HttpRequest request = request(path).POST(BodyPublishers.ofString(body)).build();
    return client.send(request, BodyHandlers.ofString()).body();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://" + server.http() + path));
  }
}
