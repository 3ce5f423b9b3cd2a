// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Ends real servers while handlers run, and looks at how others go on.
@Timeout(280)
class RecoveryTest {
  @TempDir Path folder;

  private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void stop() {
    clients.shutdownNow();
  }

  @Test
  void goesOnBetweenTwoStepsAfterAKill() throws Exception {
    hold();
    String id;
    try (var first = serve();
        var caller = new Caller(first.url())) {
      id = json(caller.post("/diary/a/write/send", "", null)).get("id").asString();
      awaitLine("a second begins");
      first.kill();
    }
    Files.delete(folder.resolve(Diary.HOLD));
    try (var second = serve();
        var caller = new Caller(second.url())) {
      HttpResponse<String> result = caller.get("/api/invocations/" + id + "/result?wait=60s");
      assertThat(result.statusCode()).isEqualTo(200);
      assertThat(result.body()).isEqualTo("\"a first, 1\"");
      assertThat(result.headers().firstValue("Detent-Version")).contains("1");
    }
    assertThat(lines())
        .containsExactly("a first", "a second begins", "a second begins", "a second");
  }

  @Test
  void attachesARepeatToWhatStillRunsAfterAKill() throws Exception {
    hold();
    try (var first = serve();
        var caller = new Caller(first.url())) {
      Future<HttpResponse<String>> lost = later(() -> caller.post("/diary/a/write", "", "once"));
      awaitLine("a second begins");
      first.kill();
      assertThat(lost).failsWithin(60, TimeUnit.SECONDS);
    }
    Files.delete(folder.resolve(Diary.HOLD));
    try (var second = serve();
        var caller = new Caller(second.url())) {
      HttpResponse<String> repeat = caller.post("/diary/a/write", "", "once");
      HttpResponse<String> again = caller.post("/diary/a/write", "", "once");
      assertThat(repeat.body()).isEqualTo("\"a first, 1\"");
      assertThat(again.body()).isEqualTo(repeat.body());
      assertThat(again.headers().firstValue("Detent-Id"))
          .isEqualTo(repeat.headers().firstValue("Detent-Id"));
      assertThat(again.headers().firstValue("Idempotent-Replayed")).contains("true");
      assertThat(caller.events("/diary/a/history?limit=9")).hasSize(1);
    }
  }

  @Test
  void answersWaitingClientsAtASignalAndGoesOnLater() throws Exception {
    hold();
    var answers = new ArrayList<Future<HttpResponse<String>>>();
    try (var first = serve();
        var caller = new Caller(first.url())) {
      answers.add(later(() -> caller.post("/diary/a/write", "", null)));
      awaitLine("a second begins");
      String runs = running(caller, "a");
      answers.add(later(() -> caller.get("/api/invocations/" + runs + "/result?wait=5m")));
      answers.add(later(() -> caller.post("/diary/a/write", "", null)));
      // The three that wait and the one that asks: none is still on its way.
      eventually(() -> queued(caller, "a") == 1 && connections(caller) == 4);
      first.terminate();
      assertThat(first.exitCode()).isZero();
      for (Future<HttpResponse<String>> answer : answers) {
        HttpResponse<String> unknown = answer.get(60, TimeUnit.SECONDS);
        assertThat(unknown.statusCode()).isEqualTo(503);
        assertThat(unknown.headers().firstValue("Retry-After")).contains("1");
        assertThat(json(unknown).get("code").asString()).isEqualTo("OUTCOME_UNKNOWN");
      }
    }
    Files.delete(folder.resolve(Diary.HOLD));
    try (var second = serve();
        var caller = new Caller(second.url())) {
      assertThat(result(caller, answers.get(0))).isEqualTo("\"a first, 1\"");
      assertThat(result(caller, answers.get(1))).isEqualTo("\"a first, 1\"");
      assertThat(result(caller, answers.get(2))).isEqualTo("\"a first, 2\"");
    }
  }

  @Test
  void runsWhatWaitsForTheSameKeyInItsOrderAfterAKill() throws Exception {
    hold();
    var ids = new ArrayList<String>();
    try (var first = serve();
        var caller = new Caller(first.url())) {
      for (int i = 0; i < 5; i++) {
        ids.add(json(caller.post("/diary/a/write/send", "", null)).get("id").asString());
      }
      ids.add(json(caller.post("/diary/b/write/send", "", null)).get("id").asString());
      awaitLine("a second begins");
      awaitLine("b second begins");
      first.kill();
    }
    Files.delete(folder.resolve(Diary.HOLD));
    try (var second = serve();
        var caller = new Caller(second.url())) {
      var results = new ArrayList<String>();
      for (String id : ids) {
        results.add(caller.get("/api/invocations/" + id + "/result?wait=60s").body());
      }
      assertThat(results)
          .containsExactly(
              "\"a first, 1\"",
              "\"a first, 2\"",
              "\"a first, 3\"",
              "\"a first, 4\"",
              "\"a first, 5\"",
              "\"b first, 1\"");
    }
    assertThat(lines().stream().filter(line -> line.equals("a first"))).hasSize(5);
  }

  private ServerProcess serve() throws IOException {
    return ServerProcess.start(folder, "serve", "--http", "127.0.0.1:0");
  }

  private void hold() throws IOException {
    Files.createFile(folder.resolve(Diary.HOLD));
  }

  private Future<HttpResponse<String>> later(Callable<HttpResponse<String>> request) {
    return clients.submit(request);
  }

  private List<String> lines() throws IOException {
    Path file = folder.resolve(Diary.FILE);
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }

  private void awaitLine(String line) throws Exception {
    eventually(() -> lines().contains(line));
  }

  private static void eventually(Callable<Boolean> holds) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!holds.call()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
      LockSupport.parkNanos(5_000_000);
    }
  }

  private static int connections(Caller caller) throws Exception {
    String name = "detent_http_connections ";
    return caller
        .get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(name))
        .mapToInt(line -> (int) Double.parseDouble(line.substring(name.length())))
        .sum();
  }

  private static String running(Caller caller, String key) throws Exception {
    return json(caller.get("/diary/" + key)).get("running").get("id").asString();
  }

  private static int queued(Caller caller, String key) throws Exception {
    return json(caller.get("/diary/" + key)).get("running").get("queued").asInt();
  }

  /// Asks for the result of what an answer at the end of a server named.
  private static String result(Caller caller, Future<HttpResponse<String>> unknown)
      throws Exception {
    String id = json(unknown.get()).get("id").asString();
    return caller.get("/api/invocations/" + id + "/result?wait=60s").body();
  }

  private static JsonNode json(HttpResponse<String> response) {
    return JsonMapper.shared().readTree(response.body());
  }
}
