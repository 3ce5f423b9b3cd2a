// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.event.Consumer;
import dev.detent.event.OnFailure;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Steers consumers over HTTP, beside an engine that runs them.
class ConsumersTest {
  private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
  private final AtomicBoolean broken = new AtomicBoolean();
  @TempDir Path folder;
  private RunningDoor door;
  private HttpClient client;

  @BeforeEach
  void open() {
    door = RunningDoor.open(folder);
    client = HttpClient.newHttpClient();
  }

  @AfterEach
  void close() {
    client.close();
    door.close();
  }

  @Test
  void showsPausesAndResetsAConsumer() throws Exception {
    start("reader", OnFailure.STOP);
    call("POST", "/turnstile/a/coin", "");
    assertThat(next()).isEqualTo("unlocked");

    JsonNode row = until("/api/consumers", all -> all.at("/consumers/0/lag").asLong() == 0);
    assertThat(row.at("/consumers/0/name").asString()).isEqualTo("reader");
    assertThat(row.at("/consumers/0/state").asString()).isEqualTo("running");
    assertThat(row.at("/consumers/0/machines/0").asString()).isEqualTo("turnstile");
    assertThat(row.at("/consumers/0/partitions").size()).isEqualTo(8);
    assertThat(call("POST", "/api/consumers/reader/pause", "").at("/state").asString())
        .isEqualTo("paused");
    call("POST", "/api/consumers/reader/reset", "{\"to\":\"beginning\"}");
    call("POST", "/turnstile/a/push", "");
    assertThat(call("GET", "/api/consumers/reader", "").at("/lag").asLong()).isEqualTo(2);
    call("POST", "/api/consumers/reader/resume", "");
    assertThat(next()).isEqualTo("unlocked");
    assertThat(next()).isEqualTo("locked");
    String place = call("GET", "/api/events?limit=1", "").get("next").asString();
    call("POST", "/api/consumers/reader/reset", "{\"after\":\"" + place + "\"}");
    assertThat(next()).isEqualTo("locked");
  }

  @Test
  void refusesAResetToNowhere() throws Exception {
    start("reader", OnFailure.STOP);
    for (String body :
        new String[] {
          "",
          "[]",
          "{}",
          "{\"to\":\"yesterday\"}",
          "{\"after\":\"?\"}",
          "{\"partition\":1,\"offset\":9}",
          "{\"partition\":99,\"offset\":0}",
          "{\"partition\":-1,\"offset\":0}",
          "{\"to\":\"now\",\"after\":\"x\"}"
        }) {
      assertThat(send("POST", "/api/consumers/reader/reset", body).statusCode())
          .as(body)
          .isEqualTo(400);
    }
    call("POST", "/api/consumers/reader/reset", "{\"to\":\"now\"}");
    call("POST", "/api/consumers/reader/reset", "{\"to\":\"2026-01-01T00:00:00Z\"}");
    call("POST", "/api/consumers/reader/reset", "{\"partition\":1,\"offset\":0}");
  }

  @Test
  void retriesAndDiscardsDeadLetters() throws Exception {
    broken.set(true);
    start("reader", OnFailure.SKIP);
    call("POST", "/turnstile/a/coin", "");
    call("POST", "/turnstile/a/push", "");
    JsonNode letters =
        until("/api/consumers/reader/dead-letters", l -> l.get("deadLetters").size() == 2);
    JsonNode letter = letters.at("/deadLetters/0");
    assertThat(letter.at("/state").asString()).isEqualTo("dead");
    assertThat(letter.at("/problem/code").asString()).isEqualTo("HANDLER_FAILED");
    assertThat(letter.at("/event/to").asString()).isEqualTo("unlocked");
    broken.set(false);
    String path = "/api/consumers/reader/dead-letters/";

    String id = letter.at("/id").asString();
    assertThat(send("POST", path + id + "/retry", "").statusCode()).isEqualTo(202);
    assertThat(next()).isEqualTo("unlocked");
    call("DELETE", path + letters.at("/deadLetters/1/id").asString(), "");
    until("/api/consumers/reader/dead-letters", l -> l.get("deadLetters").isEmpty());
    HttpResponse<String> gone = send("POST", path + id + "/retry", "");
    assertThat(gone.statusCode()).isEqualTo(404);
    assertThat(gone.body()).contains("\"what\":\"dead-letter\"");
    assertThat(send("POST", path + "x/retry", "").statusCode()).isEqualTo(400);
    assertThat(metricsWith("detent_consumer_events_total{consumer=\"reader\"} 1.0"))
        .contains("detent_consumer_failures_total{consumer=\"reader\"} 2.0")
        .contains("detent_consumer_buried_total{consumer=\"reader\"} 2.0")
        .contains("detent_consumer_lag{consumer=\"reader\"} 0.0")
        .contains("detent_consumer_age_seconds{consumer=\"reader\"} 0.0")
        .contains("detent_consumer_dead_letters{consumer=\"reader\"} 0.0");
  }

  @Test
  void showsWhereAConsumerHasStopped() throws Exception {
    broken.set(true);
    Consumer consumer = start("reader", OnFailure.STOP);
    call("POST", "/turnstile/a/coin", "");
    JsonNode row =
        until("/api/consumers/reader", one -> one.get("state").asString().equals("stopped"));
    JsonNode place = null;
    for (JsonNode one : row.get("partitions")) {
      place = one.get("stopped").asBoolean() ? one : place;
    }
    assertThat(place).isNotNull();
    assertThat(place.at("/problem/detail").asString()).contains("broken");
    assertThat(place.at("/attempt").asInt()).isEqualTo(1);
    broken.set(false);
    call("POST", "/api/consumers/reader/resume", "");
    assertThat(next()).isEqualTo("unlocked");
    call("DELETE", "/api/consumers/reader", "");
    consumer.await();
  }

  private Consumer start(String name, OnFailure then) {
    return door.engine
        .consumers()
        .consumer(name)
        .of("turnstile")
        .attemptsMax(1)
        .onFailure(then)
        .handle(event -> {
          if (broken.get()) {
            throw new IllegalStateException("broken");
          }
          seen.add(event.to());
        })
        .start();
  }

  private String next() throws InterruptedException {
    return seen.poll(60, TimeUnit.SECONDS);
  }

  /// Asks until the answer is as wanted; nothing tells when the store shows it.
  private JsonNode until(String path, Predicate<JsonNode> wanted) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    JsonNode answer = call("GET", path, "");
    while (!wanted.test(answer)) {
      assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
      answer = call("GET", path, "");
    }
    return answer;
  }

  /// Asks for the metrics until they show something: events count once they are committed.
  private String metricsWith(String wanted) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    String metrics = send("GET", "/metrics", "").body();
    while (!metrics.contains(wanted)) {
      assertThat(System.nanoTime()).as(metrics).isLessThan(deadline);
      metrics = send("GET", "/metrics", "").body();
    }
    return metrics;
  }

  private JsonNode call(String method, String path, String body) throws Exception {
    HttpResponse<String> response = send(method, path, body);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return JsonMapper.shared().readTree(response.body());
  }

  private HttpResponse<String> send(String method, String path, String body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + door.port() + path))
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .header("Content-Type", "application/json")
            .build();
    return client.send(request, BodyHandlers.ofString());
  }
}
