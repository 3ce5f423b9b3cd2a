// SPDX-License-Identifier: Apache-2.0
package dev.detent.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.server.Config;
import dev.detent.server.Server;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Asks a server with `--examples` what README's session asks.
class ServedTest {
  @TempDir Path folder;

  private final HttpClient client = HttpClient.newHttpClient();
  private Server server;

  @BeforeEach
  void start() {
    server =
        Server.start(
            Config.builder()
                .store("sqlite:" + folder.resolve("detent.db"))
                .http("127.0.0.1:0")
                .examples(true)
                .build());
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
            "\"machine\":\"payment-processor\",\"kind\":\"java\"");
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
      (i < 2 ? a : b).add(answers.get(i).get(20, TimeUnit.SECONDS).body());
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
    HttpRequest request = request(path).POST(BodyPublishers.noBody()).build();
    return client.send(request, BodyHandlers.ofString()).body();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://" + server.http() + path));
  }
}
