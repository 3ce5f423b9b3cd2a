// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Kills real servers under load, and looks at what they left.
class CrashTest {
  private static final int ROUNDS = 3;
  private static final int CLIENTS = 8;
  private static final int KEYS = 4;

  private static final String LAMP =
      """
      {"id":"lamp","initial":"off","states":{
        "off":{"on":{"press":"on"}},"on":{"on":{"press":"off"}}}}
      """;

  @TempDir Path folder;

  private final ConcurrentLinkedQueue<Sent> sent = new ConcurrentLinkedQueue<>();

  /// Is one request that was sent: what it carried, and the answer if there was one.
  private record Sent(
      String key, String token, boolean idempotent, @Nullable HttpResponse<String> answer) {
    boolean acknowledged() {
      return answer != null && answer.statusCode() == 200;
    }
  }

  @BeforeEach
  void writeDefinition() throws IOException {
    Files.writeString(folder.resolve("lamp.json"), LAMP);
  }

  @Test
  void keepsEveryAcknowledgedTransitionOnceThroughThreeKills() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 1; round <= ROUNDS; round++) {
      loadAndKill(round, 100 + random.nextInt(700));
    }
    try (var server = serve();
        var caller = new Caller(server.url())) {
      repeatWhatHasAnIdempotencyKey(caller);
      checkHistories(caller, seed);
      checkOffsets(caller, seed);
      server.terminate();
      assertThat(server.exitCode()).isZero();
    }
  }

  @Test
  void givesSixtyFourClientsOfOneKeyVersionsWithoutGaps() throws Exception {
    int clients = 64;
    int requests = 20;
    var versions = new ConcurrentLinkedQueue<Long>();
    try (var server = serve();
        var caller = new Caller(server.url())) {
      var threads = new ArrayList<Thread>();
      for (int i = 0; i < clients; i++) {
        threads.add(Thread.ofVirtual().start(() -> press(caller, requests, versions)));
      }
      for (Thread thread : threads) {
        thread.join();
      }
    }
    assertThat(versions)
        .containsExactlyInAnyOrderElementsOf(
            LongStream.rangeClosed(1, clients * requests).boxed().toList());
  }

  private static void press(Caller caller, int requests, ConcurrentLinkedQueue<Long> versions) {
    try {
      for (int i = 0; i < requests; i++) {
        versions.add(Caller.version(caller.post("/lamp/hot/press", "", null)));
      }
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private ServerProcess serve() throws IOException {
    return ServerProcess.start(folder, "serve", "--http", "127.0.0.1:0", "--define", "lamp.json");
  }

  /// Lets clients work until so many requests were acknowledged, then kills the server.
  private void loadAndKill(int round, int acknowledgements) throws Exception {
    var enough = new CountDownLatch(acknowledgements);
    var threads = new ArrayList<Thread>();
    try (var server = serve()) {
      String url = server.url();
      for (int i = 0; i < CLIENTS; i++) {
        String name = round + "." + i;
        threads.add(Thread.ofPlatform().start(() -> work(url, name, enough)));
      }
      assertThat(enough.await(200, TimeUnit.SECONDS)).isTrue();
      server.kill();
      for (Thread thread : threads) {
        thread.join();
      }
    }
  }

  /// Sends one request after the other until the server is gone.
  private void work(String url, String name, CountDownLatch enough) {
    try (var caller = new Caller(url)) {
      for (int i = 0; ; i++) {
        var request = new Sent("key " + i % KEYS, name + "." + i, i % 2 == 0, null);
        HttpResponse<String> answer = send(caller, request);
        sent.add(new Sent(request.key(), request.token(), request.idempotent(), answer));
        if (answer == null) {
          return;
        }
        enough.countDown();
      }
    }
  }

  private static @Nullable HttpResponse<String> send(Caller caller, Sent request) {
    try {
      return caller.post(
          "/lamp/" + request.key().replace(" ", "%20") + "/press",
          "{\"token\":\"" + request.token() + "\"}",
          request.idempotent() ? request.token() : null);
    } catch (IOException e) {
      return null;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void repeatWhatHasAnIdempotencyKey(Caller caller) {
    for (Sent request : sent) {
      if (!request.idempotent()) {
        continue;
      }
      HttpResponse<String> repeat = send(caller, request);
      assertThat(repeat).isNotNull();
      assertThat(repeat.statusCode()).isEqualTo(200);
      HttpResponse<String> answer = request.answer();
      if (answer != null) {
        assertThat(repeat.headers().firstValue("Idempotent-Replayed")).contains("true");
        assertThat(repeat.body()).isEqualTo(answer.body());
        for (String header : List.of("Detent-Id", "Detent-Version", "Detent-State")) {
          assertThat(repeat.headers().firstValue(header))
              .isEqualTo(answer.headers().firstValue(header));
        }
      }
    }
  }

  private void checkHistories(Caller caller, long seed) throws Exception {
    var versionByToken = new HashMap<String, Long>();
    for (int i = 0; i < KEYS; i++) {
      List<JsonNode> events = caller.events("/lamp/key%20" + i + "/history?limit=1000");
      assertThat(events.stream().map(event -> event.get("version").asLong()))
          .as("versions of key %s, seed %s", i, seed)
          .containsExactlyElementsOf(LongStream.rangeClosed(1, events.size()).boxed().toList());
      for (JsonNode event : events) {
        String token = event.get("input").get("token").asString();
        assertThat(versionByToken.put(token, event.get("version").asLong()))
            .as("second event of request %s, seed %s", token, seed)
            .isNull();
      }
    }
    for (Sent request : sent) {
      if (request.acknowledged() && request.answer() != null) {
        assertThat(versionByToken)
            .as("seed %s", seed)
            .containsEntry(request.token(), Caller.version(request.answer()));
      }
    }
  }

  private static void checkOffsets(Caller caller, long seed) throws Exception {
    Map<Long, Long> last = new HashMap<>();
    for (JsonNode event : caller.events("/api/events?limit=1000")) {
      long partition = event.get("partition").asLong();
      assertThat(event.get("offset").asLong())
          .as("offset in partition %s, seed %s", partition, seed)
          .isEqualTo(last.merge(partition, 1L, Long::sum));
    }
    assertThat(last).isNotEmpty();
  }
}
