// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/// Sends single requests where it matters what is answered, not how fast.
///
/// **Threads**: safe for any number of threads.
final class Client implements AutoCloseable {
  private final HttpClient client;
  private final Duration patience;

  /// @param patience how long an answer may take
  Client(Duration patience) {
    this.patience = patience;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(patience)
            .build();
  }

  /// Posts nothing, and tells whether that was answered with a status.
  ///
  /// @return false also if nothing was answered
  boolean post(String url, int status) throws InterruptedException {
    try {
      return send(request(url).POST(BodyPublishers.noBody())).statusCode() == status;
    } catch (IOException e) {
      return false;
    }
  }

  /// Reads.
  ///
  /// @throws IllegalStateException if it is not found
  String read(String url) throws IOException, InterruptedException {
    HttpResponse<String> response = send(request(url));
    if (response.statusCode() != 200) {
      throw new IllegalStateException(url + ": expected 200, got " + response.body());
    }
    return response.body();
  }

  private HttpRequest.Builder request(String url) {
    return HttpRequest.newBuilder(URI.create(url)).timeout(patience);
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
