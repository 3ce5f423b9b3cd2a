// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Runs the command line in a process of its own, as an operator does.
final class ServerProcess implements AutoCloseable {
  /// Far more than any step takes; it only keeps a defect from hanging the build.
  private static final long WAIT_S_MAX = 120;

  private final Process process;
  private final Lines out;
  private final Lines err;

  private ServerProcess(Process process) {
    this.process = process;
    this.out = new Lines(process.getInputStream());
    this.err = new Lines(process.getErrorStream());
  }

  static ServerProcess start(Path folder, String... arguments) throws IOException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-Xshare:auto", "-cp", System.getProperty("java.class.path")));
    command.add(Main.class.getName());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("DETENT_"));
    return new ServerProcess(builder.start());
  }

  /// Waits until the server serves, and returns the line that says so.
  String ready() throws InterruptedException {
    try {
      return out.ready.get(WAIT_S_MAX, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError("not ready: " + err.soFar(), e);
    }
  }

  /// Waits until the server serves, and returns where: `http://HOST:PORT`.
  String url() throws InterruptedException {
    return ready().replaceFirst("^detent ready http=(\\S+) .*$", "http://$1");
  }

  /// Sends SIGTERM.
  void terminate() {
    process.destroy();
  }

  /// Sends SIGKILL and waits until the process is gone.
  void kill() throws InterruptedException {
    process.destroyForcibly();
    exitCode();
  }

  /// Waits for the end and returns the exit code.
  int exitCode() throws InterruptedException {
    if (!process.waitFor(WAIT_S_MAX, TimeUnit.SECONDS)) {
      throw new AssertionError("still running: " + err.soFar());
    }
    return process.exitValue();
  }

  /// Waits for the end and returns everything on standard output.
  List<String> output() throws InterruptedException {
    return out.untilEnd();
  }

  /// Waits for the end and returns everything on standard error.
  List<String> errors() throws InterruptedException {
    return err.untilEnd();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  /// Reads a stream line by line on a thread of its own, so that the process never has to wait.
  private static final class Lines {
    private final List<String> lines = new ArrayList<>();
    private final CompletableFuture<String> ready = new CompletableFuture<>();
    private final Thread reader;

    Lines(InputStream stream) {
      this.reader = Thread.ofVirtual().start(() -> read(stream));
    }

    private void read(InputStream stream) {
      try (var text = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
        text.lines().forEach(this::add);
      } catch (IOException | UncheckedIOException e) {
        add("the stream broke off: " + e.getMessage());
      }
      ready.completeExceptionally(new AssertionError("it ended before it was ready"));
    }

    private synchronized void add(String line) {
      lines.add(line);
      if (line.startsWith("detent ready ")) {
        ready.complete(line);
      }
    }

    List<String> untilEnd() throws InterruptedException {
      reader.join(Duration.ofSeconds(WAIT_S_MAX));
      return soFar();
    }

    synchronized List<String> soFar() {
      return List.copyOf(lines);
    }
  }
}
