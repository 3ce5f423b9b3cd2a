// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.cli;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Sends requests to a server, over as many connections as there are threads that call it.
final class Caller implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String url;

  Caller(String url) {
    this.url = url;
  }

  HttpResponse<String> post(String path, String body, @Nullable String idempotencyKey)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + path)).POST(BodyPublishers.ofString(body));
    request.header("Content-Type", "application/json");
    if (idempotencyKey != null) {
      request.header("Idempotency-Key", idempotencyKey);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create(url + path)).build(), BodyHandlers.ofString());
  }

  /// Returns all events of a list, page by page, until a page is empty.
  ///
  /// @param path the list with a parameter, so that more can be added
  List<JsonNode> events(String path) throws IOException, InterruptedException {
    var all = new ArrayList<JsonNode>();
    String next = "";
    while (true) {
      HttpResponse<String> response =
          get(
              path
                  + (next.isEmpty()
                      ? ""
                      : "&after=" + URLEncoder.encode(next, StandardCharsets.UTF_8)));
      JsonNode page = JSON.readTree(response.body());
      List<JsonNode> events = page.get("events").valueStream().toList();
      all.addAll(events);
      if (events.isEmpty() || page.get("next").isNull()) {
        return all;
      }
      next = page.get("next").asString();
    }
  }

  static long version(HttpResponse<String> response) {
    return response.headers().firstValueAsLong("Detent-Version").orElseThrow();
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
