// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.codec.Json;
import dev.detent.engine.Request;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Runs durable handlers over HTTP, and does to them what can be done.
@Timeout(240)
class InvocationsTest {
  @TempDir Path folder;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private RunningDoor running;

  @BeforeEach
  void start() {
    running = RunningDoor.open(folder);
  }

  @AfterEach
  void stop() {
    running.close();
    client.shutdownNow();
  }

  @Test
  void answersWhenTheHandlerHasEnded() throws Exception {
    var call = later("/job/a/ask");
    String place = running.jobs.place();
    JsonNode read = json(get("/job/a"));
    HttpResponse<String> resolved = post(awakeable(place, "resolve"), "\"Ann\"");
    HttpResponse<String> answer = await(call);

    String id = answer.headers().firstValue("Detent-Id").orElseThrow();
    assertThat(read.get("state").asString()).isEqualTo("Idle");
    assertThat(read.get("running").get("id").asString()).isEqualTo(id);
    assertThat(read.get("running").get("command").asString()).isEqualTo("ask");
    assertThat(read.get("running").get("state").asString()).isEqualTo("running");
    assertThat(read.get("running").get("attempt").asInt()).isEqualTo(1);
    assertThat(read.get("running").get("queued").asInt()).isZero();
    assertThat(resolved.body())
        .isEqualTo(
            "{\"id\":\"%s\",\"action\":\"resolve\",\"changed\":true,\"state\":\"running\"}"
                .formatted(id));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("\"it is Ann\"");
    assertThat(answer.headers().firstValue("Detent-State")).contains("Done");
    assertThat(answer.headers().firstValue("Detent-Version")).contains("1");
    assertThat(json(get("/job/a")).get("running").isNull()).isTrue();
  }

  @Test
  void showsTheJournalWhileItRuns() throws Exception {
    String id = send("/job/a/ask");
    String place = running.jobs.place();
    String other = send("/job/a/ask");
    pass("/job/b/ask");

    JsonNode whole = json(get("/api/invocations/" + id));
    JsonNode entry = whole.get("journal").get(0);
    assertThat(whole.get("state").asString()).isEqualTo("running");
    assertThat(whole.get("machine").asString()).isEqualTo("job");
    assertThat(whole.get("life").asInt()).isZero();
    assertThat(whole.get("startedAt").asString()).matches("20.*Z");
    assertThat(entry.get("kind").asString()).isEqualTo("awakeable");
    assertThat(entry.get("position").asString()).isEqualTo("0");
    assertThat(entry.get("state").asString()).isEqualTo("pending");
    assertThat(entry.get("awakeable").asString()).isEqualTo(place);
    assertThat(json(get("/api/invocations/" + other)).get("state").asString()).isEqualTo("queued");
    assertThat(json(get("/api/invocations/" + other)).get("journal").size()).isZero();
    assertThat(json(get("/job/a")).get("running").get("queued").asInt()).isEqualTo(1);
    assertThat(json(get("/job/a?consistency=stale")).get("running"))
        .isEqualTo(json(get("/job/a")).get("running"));
    assertThat(json(get("/api/invocations?state=queued")).get("invocations").size()).isEqualTo(1);
    assertThat(json(get("/api/invocations?limit=1")).get("next").isString()).isTrue();
  }

  /// Runs a handler to its second entry, so that whatever was asked before it is decided.
  private void pass(String path) throws Exception {
    send(path);
    running.jobs.place();
  }

  @Test
  void waitsForTheResultOfASend() throws Exception {
    String id = send("/job/a/ask");
    String place = running.jobs.place();
    HttpResponse<String> early = get("/api/invocations/" + id + "/result");
    var waiting = client.sendAsync(request("/api/invocations/" + id + "/result?wait=50s"), text());
    post(awakeable(place, "resolve"), "\"Bob\"");

    assertThat(early.statusCode()).isEqualTo(202);
    assertThat(early.body()).isEqualTo("{\"id\":\"" + id + "\",\"status\":\"running\"}");
    assertThat(await(waiting).statusCode()).isEqualTo(200);
    assertThat(await(waiting).body()).isEqualTo("\"it is Bob\"");
    assertThat(await(waiting).headers().firstValue("Detent-Id")).contains(id);
    assertThat(await(waiting).headers().firstValue("Detent-State")).contains("Done");
    assertThat(get("/api/invocations/" + id + "/result").body()).isEqualTo("\"it is Bob\"");
    JsonNode ended = json(get("/api/invocations/" + id));
    assertThat(ended.get("state").asString()).isEqualTo("completed");
    assertThat(ended.get("output").asString()).isEqualTo("it is Bob");
    assertThat(ended.get("journal").size()).isZero();
    assertThat(ended.get("endedAt").asString()).matches("20.*Z");
  }

  @Test
  void answersAnAwakeableOnceAlsoAfterARestart() throws Exception {
    send("/job/a/ask");
    String place = running.jobs.place();
    HttpResponse<String> first = post(awakeable(place, "resolve"), "\"Ann\"");
    HttpResponse<String> second = post(awakeable(place, "reject"), "\"no\"");
    assertThat(json(first).get("changed").asBoolean()).isTrue();
    assertThat(second.statusCode()).isEqualTo(200);
    assertThat(json(second).get("changed").asBoolean()).isFalse();
    assertThat(json(second).get("action").asString()).isEqualTo("reject");
    assertThat(post(awakeable(place + "9", "resolve"), "").statusCode()).isIn(200, 404);
  }

  @Test
  void rejectsWithAReason() throws Exception {
    var call = later("/job/a/ask");
    post(awakeable(running.jobs.place(), "reject"), "{\"reason\":\"nobody home\"}");
    HttpResponse<String> answer = await(call);
    assertThat(answer.statusCode()).isEqualTo(422);
    assertThat(json(answer).get("code").asString()).isEqualTo("HANDLER_FAILED");
    assertThat(json(answer).get("detail").asString()).contains("nobody home");
    assertThat(json(answer).get("failure").get("code").asString()).isEqualTo("REJECTED");
    assertThat(json(get("/job/a")).get("version").asInt()).isZero();
  }

  @Test
  void showsHowAHandlerFailedForGood() throws Exception {
    HttpResponse<String> answer = post("/job/a/fail", "");
    JsonNode problem = json(answer);
    assertThat(answer.statusCode()).isEqualTo(422);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(problem.get("code").asString()).isEqualTo("HANDLER_FAILED");
    assertThat(problem.get("detail").asString()).contains("there is no money");
    assertThat(problem.get("failure").get("code").asString()).isEqualTo("NO_FUNDS");
    assertThat(problem.get("failure").get("details").get("cents").asInt()).isEqualTo(5);
    assertThat(problem.get("machine").asString()).isEqualTo("job");
    assertThat(problem.get("key").asString()).isEqualTo("a");
    String id = problem.get("id").asString();
    HttpResponse<String> result = get("/api/invocations/" + id + "/result");
    assertThat(result.statusCode()).isEqualTo(422);
    assertThat(json(get("/api/invocations/" + id)).get("problem").get("code").asString())
        .isEqualTo("HANDLER_FAILED");
  }

  @Test
  void cancelsOnceAndLetsTheHandlerUndo() throws Exception {
    var call = later("/job/a/sleep");
    String id = id(call, "a");
    HttpResponse<String> first = post("/api/invocations/" + id + "/cancel", "");
    HttpResponse<String> answer = await(call);
    HttpResponse<String> second = post("/api/invocations/" + id + "/cancel", "");
    assertThat(json(first).get("action").asString()).isEqualTo("cancel");
    assertThat(json(first).get("changed").asBoolean()).isTrue();
    assertThat(answer.statusCode()).isEqualTo(409);
    assertThat(json(answer).get("code").asString()).isEqualTo("CANCELLED");
    assertThat(json(answer).get("id").asString()).isEqualTo(id);
    assertThat(second.statusCode()).isEqualTo(200);
    assertThat(json(second).get("changed").asBoolean()).isFalse();
    assertThat(json(second).get("state").asString()).isEqualTo("cancelled");
  }

  @Test
  void pausesResumesRestartsAndKills() throws Exception {
    var call = later("/job/a/ask");
    String place = running.jobs.place();
    String path = "/api/invocations/" + place.substring(0, place.indexOf('~'));
    assertThat(post(path + "/pause", "").body()).endsWith("\"changed\":true,\"state\":\"paused\"}");
    assertThat(post(path + "/pause", "").body())
        .endsWith("\"changed\":false,\"state\":\"paused\"}");
    assertThat(post(path + "/resume", "").body())
        .endsWith("\"changed\":true,\"state\":\"running\"}");
    assertThat(post(path + "/resume", "").body())
        .endsWith("\"changed\":false,\"state\":\"running\"}");
    assertThat(post(path + "/restart", "").body())
        .endsWith("\"changed\":true,\"state\":\"running\"}");
    String next = running.jobs.place();
    while (next.equals(place)) {
      next = running.jobs.place(); // it was paused before its question was recorded
    }
    assertThat(next).isEqualTo(place.replace("~0~", "~1~"));
    assertThat(post(path + "/kill", "").body()).endsWith("\"changed\":true,\"state\":\"killed\"}");
    assertThat(post(path + "/kill", "").body()).endsWith("\"changed\":false,\"state\":\"killed\"}");
    assertThat(json(await(call)).get("code").asString()).isEqualTo("CANCELLED");
  }

  @Test
  void signalsARunningInvocation() throws Exception {
    var call = later("/job/a/listen");
    String id = id(call, "a");
    HttpResponse<String> signalled = post("/api/invocations/" + id + "/signals/word", "\"hello\"");
    assertThat(json(signalled).get("changed").asBoolean()).isTrue();
    assertThat(json(signalled).get("action").asString()).isEqualTo("signal");
    assertThat(await(call).body()).isEqualTo("\"hello\"");
    HttpResponse<String> late = post("/api/invocations/" + id + "/signals/word", "\"hello\"");
    assertThat(json(late).get("changed").asBoolean()).isFalse();
  }

  @Test
  void showsTheChildOfACall() throws Exception {
    var call = later("/job/a/delegate", "\"b\"");
    String place = running.jobs.place();
    JsonNode child = json(get("/api/invocations/" + place.substring(0, place.indexOf('~'))));
    JsonNode parent = json(get("/api/invocations/" + child.get("parent").asString()));
    JsonNode target = parent.get("journal").get(0).get("target");
    assertThat(target.get("id")).isEqualTo(child.get("id"));
    assertThat(target.get("machine").asString()).isEqualTo("job");
    assertThat(target.get("key").asString()).isEqualTo("b");
    assertThat(target.get("command").asString()).isEqualTo("ask");
    post(awakeable(place, "resolve"), "\"Ann\"");
    assertThat(await(call).body()).isEqualTo("\"it is Ann\"");
  }

  @Test
  void tellsWhoWaitsAtAStopByWhichIdToAskAgain() throws Exception {
    var call = later("/job/a/ask");
    String place = running.jobs.place();
    running.engine.close();
    HttpResponse<String> answer = await(call);
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValue("Retry-After")).contains("1");
    assertThat(json(answer).get("code").asString()).isEqualTo("OUTCOME_UNKNOWN");
    assertThat(json(answer).get("id").asString()).isEqualTo(place.substring(0, place.indexOf('~')));
  }

  @Test
  void keepsAConnectionThatIsSilentBecauseItWaits() throws Exception {
    restart(
        options -> options.idleTimeout(Duration.ofSeconds(2)).heartbeat(Duration.ofMillis(100)));
    try (var patient = new Wiretap(running.port())) {
      patient.send("POST /job/a/ask HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
      String place = running.jobs.place();
      for (int i = 0; i < 2; i++) {
        try (var idle = new Wiretap(running.port())) {
          assertThat(idle.isClosed()).isTrue();
        }
      }
      running.engine.submit(new Request.Complete(place, Json.string("Ann"), null), reply -> {});
      assertThat(patient.response().body()).isEqualTo("\"it is Ann\"");
      assertThat(patient.isClosed()).isTrue();
    }
  }

  @Test
  void givesThePlaceOfAClientFreeThatHasGoneAway() throws Exception {
    restart(options -> options.eventLoops(1).requestsMax(1));
    try (var patient = new Wiretap(running.port())) {
      patient.send("POST /job/a/ask HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
      running.jobs.place();
      assertThat(get("/job/a").statusCode()).isEqualTo(503);
    }
    HttpResponse<String> later;
    do {
      later = get("/job/a");
    } while (later.statusCode() == 503);
    assertThat(json(later).get("running").get("state").asString()).isEqualTo("running");
  }

  private void restart(UnaryOperator<HttpOptions.Builder> change) {
    running.close();
    running = RunningDoor.open(folder, change);
  }

  @Test
  void countsInvocationsByMachine() throws Exception {
    post("/job/a/fail", "");
    send("/job/a/ask");
    running.jobs.place();
    assertThat(get("/metrics").body())
        .contains("detent_invocations_total{change=\"failed\",machine=\"job\"} 1.0")
        .contains("detent_invocations_total{change=\"begun\",machine=\"job\"} 2.0");
  }

  /// Returns the id of the invocation of a call that has been taken.
  private String id(CompletableFuture<HttpResponse<String>> call, String key) throws Exception {
    while (!call.isDone()) {
      JsonNode shown = json(get("/job/" + key)).get("running");
      if (!shown.isNull()) {
        return shown.get("id").asString();
      }
    }
    throw new AssertionError(call.get().body());
  }

  private static String awakeable(String place, String verb) {
    return "/api/awakeables/" + place + "/" + verb;
  }

  private String send(String path) throws Exception {
    HttpResponse<String> accepted = post(path + "/send", "");
    assertThat(accepted.statusCode()).isEqualTo(202);
    return json(accepted).get("id").asString();
  }

  private CompletableFuture<HttpResponse<String>> later(String path) {
    return later(path, "");
  }

  private CompletableFuture<HttpResponse<String>> later(String path, String body) {
    return client.sendAsync(posting(path, body), text());
  }

  private HttpResponse<String> post(String path, String body) throws Exception {
    return client.send(posting(path, body), text());
  }

  private HttpResponse<String> get(String path) throws Exception {
    return client.send(request(path), text());
  }

  private HttpRequest request(String path) {
    return HttpRequest.newBuilder(uri(path)).build();
  }

  private HttpRequest posting(String path, String body) {
    return HttpRequest.newBuilder(uri(path))
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(body))
        .build();
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + running.port() + path);
  }

  private static HttpResponse.BodyHandler<String> text() {
    return BodyHandlers.ofString();
  }

  private static HttpResponse<String> await(CompletableFuture<HttpResponse<String>> answer)
      throws Exception {
    return answer.get(60, TimeUnit.SECONDS);
  }

  private static JsonNode json(HttpResponse<String> response) {
    return JsonMapper.shared().readTree(response.body());
  }
}
