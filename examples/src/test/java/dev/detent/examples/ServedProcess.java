// SPDX-License-Identifier: Apache-2.0
package dev.detent.examples;

import dev.detent.server.cli.Main;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Serves the examples in a process of its own, as an operator does. Its log is `log.txt` in the
/// folder, that of earlier processes before it.
final class ServedProcess implements AutoCloseable {
  /// Far more than any step takes; it only keeps a defect from hanging the build.
  private static final long WAIT_S_MAX = 120;

  private final Process process;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String url;

  private ServedProcess(Process process, String url) {
    this.process = process;
    this.url = url;
  }

  /// Starts it, and waits until it serves.
  static ServedProcess start(Path folder, Map<String, String> environment) throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "serve",
            "--examples",
            "--http",
            "127.0.0.1:0");
    File log = folder.resolve("log.txt").toFile();
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectError(ProcessBuilder.Redirect.appendTo(log));
    builder.environment().keySet().removeIf(name -> name.startsWith("DETENT_"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    String line = firstLine(process);
    if (line == null) {
      process.destroyForcibly();
      throw new IOException("it ended before it was ready");
    }
    return new ServedProcess(
        process, line.replaceFirst("^detent ready http=(\\S+) .*$", "http://$1"));
  }

  private static @Nullable String firstLine(Process process) throws IOException {
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    var line = new FutureTask<@Nullable String>(out::readLine);
    Thread.ofVirtual().start(line);
    try {
      return line.get(WAIT_S_MAX, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      process.destroyForcibly();
      throw new AssertionError("it neither serves nor ends", e);
    }
  }

  HttpResponse<String> post(String path) throws IOException, InterruptedException {
    return client.send(request(path).POST(BodyPublishers.noBody()).build(), text());
  }

  JsonNode get(String path) throws IOException, InterruptedException {
    String body = client.send(request(path).build(), text()).body();
    return JsonMapper.shared().readTree(body);
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url + path));
  }

  private static HttpResponse.BodyHandler<String> text() {
    return BodyHandlers.ofString();
  }

  /// Sends SIGKILL and waits until the process is gone.
  void kill() throws InterruptedException {
    process.destroyForcibly();
    exitCode();
  }

  /// Waits for the end.
  int exitCode() throws InterruptedException {
    if (!process.waitFor(WAIT_S_MAX, TimeUnit.SECONDS)) {
      throw new AssertionError("still running");
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    client.shutdownNow();
  }
}
