// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.detent.sql.SqlStore;
import dev.detent.testkit.LocalPostgres;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Talks to two nodes that share a PostgreSQL: it must not matter to which.
@Timeout(240)
class ClusterTest {
  private static final int KEYS = 8;
  private static final int PARTITIONS = 8;

  private final HikariDataSource pool = new HikariDataSource();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Jobs jobs = new Jobs();
  private final List<RunningDoor> nodes = new ArrayList<>();

  @BeforeEach
  void start() throws Exception {
    pool.setJdbcUrl(LocalPostgres.freshUrl());
    pool.setMaximumPoolSize(16);
    pool.setMinimumIdle(0);
    join();
    join();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!isShared(get(0, "/api/nodes")) || !isShared(get(1, "/api/nodes"))) {
      assertThat(System.nanoTime()).as("shared in time").isLessThan(deadline);
      LockSupport.parkNanos(5_000_000);
    }
  }

  private void join() {
    var store = SqlStore.postgres(pool).partitions(PARTITIONS).open();
    nodes.add(RunningDoor.open(store, jobs, options -> options));
  }

  /// Tells whether both have all that they are to have: hand-over takes several steps.
  private static boolean isShared(JsonNode list) {
    return list.get("nodes")
            .valueStream()
            .filter(node -> node.get("partitions").size() == PARTITIONS / 2)
            .count()
        == 2;
  }

  @AfterEach
  void stop() {
    nodes.forEach(RunningDoor::close);
    pool.close();
    client.shutdownNow();
  }

  @Test
  void showsWhoOwnsWhat() throws Exception {
    for (int i = 0; i < 2; i++) {
      var owned = new TreeSet<Integer>();
      int selves = 0;
      for (JsonNode node : get(i, "/api/nodes").get("nodes")) {
        assertThat(node.get("alive").asBoolean()).isTrue();
        assertThat(node.get("address").asString()).matches("[a-z0-9.]+:\\d+");
        assertThat(node.get("expiresAt").asString()).matches("20.*Z");
        assertThat(node.get("partitions").size()).isEqualTo(PARTITIONS / 2);
        node.get("partitions").forEach(partition -> owned.add(partition.asInt()));
        selves += node.get("self").asBoolean() ? 1 : 0;
      }
      assertThat(owned).hasSize(PARTITIONS);
      assertThat(selves).isEqualTo(1);
    }
  }

  @Test
  void servesInvocationsOfEitherNode() throws Exception {
    var calls = new ArrayList<CompletableFuture<HttpResponse<String>>>();
    for (int i = 0; i < KEYS; i++) {
      calls.add(client.sendAsync(post(0, "/job/k" + i + "/ask", ""), BodyHandlers.ofString()));
    }
    for (int i = 0; i < KEYS; i++) {
      String place = jobs.place();
      String id = place.substring(0, place.indexOf('~'));
      JsonNode here = get(0, "/api/invocations/" + id);
      String key = here.get("key").asString();
      assertThat(get(1, "/api/invocations/" + id).get("key").asString()).isEqualTo(key);
      assertThat(get(1, "/job/" + key).get("running").get("id").asString()).isEqualTo(id);
      assertThat(get(1, "/job/" + key + "?consistency=stale").get("running").get("id").asString())
          .isEqualTo(id);
      assertThat(resolve(1, place).get("changed").asBoolean()).isTrue();
      JsonNode result = get(1, "/api/invocations/" + id + "/result?wait=30s");
      assertThat(result.asString()).isEqualTo("it is Ann");
      assertThat(resolve(0, place).get("changed").asBoolean()).isFalse();
    }
    for (CompletableFuture<HttpResponse<String>> call : calls) {
      assertThat(call.get(60, TimeUnit.SECONDS).body()).isEqualTo("\"it is Ann\"");
    }
    assertThat(forwarded(0)).isPositive();
    assertThat(forwarded(1)).isPositive();
  }

  @Test
  void controlsInvocationsOfEitherNode() throws Exception {
    for (int i = 0; i < KEYS; i++) {
      String id = send(0, "/job/k" + i + "/sleep/send").get("id").asString();
      String path = "/api/invocations/" + id;
      assertThat(send(1, path + "/pause").get("changed").asBoolean()).isTrue();
      assertThat(send(0, path + "/pause").get("changed").asBoolean()).isFalse();
      assertThat(send(0, path + "/resume").get("changed").asBoolean()).isTrue();
      assertThat(send(1, path + "/cancel").get("changed").asBoolean()).isTrue();
      for (int node = 0; node < 2; node++) {
        JsonNode result = get(node, path + "/result?wait=30s");
        assertThat(result.get("code").asString()).isEqualTo("CANCELLED");
      }
    }
  }

  @Test
  void goesOnAtTheOtherNodeWhenOneLeaves() throws Exception {
    var calls = new ArrayList<CompletableFuture<HttpResponse<String>>>();
    var places = new ArrayList<String>();
    for (int i = 0; i < KEYS; i++) {
      calls.add(client.sendAsync(post(1, "/job/k" + i + "/ask", ""), BodyHandlers.ofString()));
      places.add(jobs.place());
    }
    nodes.get(0).close();
    for (String place : places) {
      assertThat(resolve(1, place).get("changed").asBoolean()).isTrue();
    }
    for (CompletableFuture<HttpResponse<String>> call : calls) {
      HttpResponse<String> answer = call.get(60, TimeUnit.SECONDS);
      JsonNode result = json(answer);
      if (answer.statusCode() == 503) {
        String id = result.get("id").asString();
        result = get(1, "/api/invocations/" + id + "/result?wait=30s");
      }
      assertThat(result.asString()).isEqualTo("it is Ann");
    }
  }

  private double forwarded(int node) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(uri(node, "/metrics")).build();
    String text = client.send(request, BodyHandlers.ofString()).body();
    return text.lines()
        .filter(line -> line.startsWith("detent_forwarded_total "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
        .sum();
  }

  private JsonNode resolve(int node, String place) throws Exception {
    return json(
        client.send(
            post(node, "/api/awakeables/" + place + "/resolve", "\"Ann\""),
            BodyHandlers.ofString()));
  }

  private JsonNode send(int node, String path) throws Exception {
    return json(client.send(post(node, path, ""), BodyHandlers.ofString()));
  }

  private JsonNode get(int node, String path) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(uri(node, path)).build();
    return json(client.send(request, BodyHandlers.ofString()));
  }

  private HttpRequest post(int node, String path, String body) {
    return HttpRequest.newBuilder(uri(node, path))
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(body))
        .build();
  }

  private URI uri(int node, String path) {
    return URI.create("http://127.0.0.1:" + nodes.get(node).port() + path);
  }

  private static JsonNode json(HttpResponse<String> response) {
    return JsonMapper.shared().readTree(response.body());
  }
}
