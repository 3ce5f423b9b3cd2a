// SPDX-License-Identifier: Apache-2.0
package dev.detent.chaos;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import tools.jackson.databind.JsonNode;

/// Sends requests, each to any of the servers.
///
/// **Threads**: one at a time.
final class Caller {
  private static final Duration ANSWER_MAX = Duration.ofSeconds(5);
  private static final List<String> HEADERS =
      List.of("Detent-Id", "Detent-Version", "Detent-State", "Idempotent-Replayed");

  private final HttpClient client;
  private final List<? extends Served> nodes;
  private final Random random;

  /// @param client may be shared by many
  Caller(HttpClient client, List<? extends Served> nodes, Random random) {
    this.client = client;
    this.nodes = nodes;
    this.random = random;
  }

  /// Makes a client that many callers share.
  static HttpClient client() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(ANSWER_MAX)
        .build();
  }

  Random random() {
    return random;
  }

  /// Sends a command.
  ///
  /// @param path the path
  /// @param body a JSON document, or an empty text
  /// @param headers names and values in turns
  Answer post(String path, String body, String... headers) throws InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder().POST(BodyPublishers.ofString(body));
    request.header("Content-Type", "application/json");
    if (headers.length > 0) {
      request.headers(headers);
    }
    return send(anyNode(), path, request);
  }

  /// Reads something.
  Answer get(String path) throws InterruptedException {
    return get(anyNode(), path);
  }

  /// Reads something from one server.
  Answer get(Served node, String path) throws InterruptedException {
    return send(node, path, HttpRequest.newBuilder().GET());
  }

  /// Returns all events of a list, page by page.
  ///
  /// @param path the list, with a parameter
  /// @param stop ends the tries to get an answer
  List<JsonNode> events(String path, Stop stop) throws InterruptedException {
    var all = new ArrayList<JsonNode>();
    String after = "";
    while (!stop.asked()) {
      Answer answer = get(path + after);
      if (answer.is(Answer.Kind.DONE)) {
        JsonNode page = answer.json();
        all.addAll(page.path("events").valueStream().toList());
        if (page.path("next").isNull() || page.path("events").isEmpty()) {
          return all;
        }
        after = after(page);
      } else {
        stop.pause(50);
      }
    }
    return all;
  }

  /// Returns the parameter that asks for what comes after a page.
  static String after(JsonNode page) {
    return "&after=" + URLEncoder.encode(page.path("next").asString(), StandardCharsets.UTF_8);
  }

  private Served anyNode() {
    return nodes.get(random.nextInt(nodes.size()));
  }

  private Answer send(Served node, String path, HttpRequest.Builder request)
      throws InterruptedException {
    String url = node.url();
    if (url == null) {
      return Answer.none(Answer.Kind.NOTHING, node.name() + " is not ready");
    }
    try {
      HttpResponse<String> response =
          client.send(
              request.uri(URI.create(url + path)).timeout(ANSWER_MAX).build(),
              BodyHandlers.ofString());
      return Answer.of(response.statusCode(), response.body(), headers(response));
    } catch (ConnectException | HttpConnectTimeoutException e) {
      return Answer.none(Answer.Kind.NOTHING, node.name() + " can't be reached");
    } catch (IOException e) {
      return Answer.none(Answer.Kind.UNKNOWN, node.name() + " did not answer: " + e);
    }
  }

  private static Map<String, String> headers(HttpResponse<String> response) {
    var headers = new HashMap<String, String>();
    for (String name : HEADERS) {
      response.headers().firstValue(name).ifPresent(value -> headers.put(name, value));
    }
    return headers;
  }
}
