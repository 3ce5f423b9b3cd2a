// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Runs a server in a process of its own, and ends it.
final class ServerProcess implements Closeable {
  /// A path that the servers started by [#java] answer without doing anything.
  static final String NOOP_PATH = "/noop";

  /// The launcher may have to build it first.
  private static final Duration READY_MAX = Duration.ofMinutes(5);

  private static final Duration STOP_MAX = Duration.ofSeconds(10);
  private static final Pattern READY = Pattern.compile("detent ready http=(\\S+) redis=(\\S+) .*");

  private static final Pattern TOTAL = Pattern.compile("(?m)^Total +\\d+ +(\\d+)");

  private final Process process;
  private final Thread reaper;
  private final String address;
  private final String redis;
  private final Duration toReady;

  private ServerProcess(Process process, Thread reaper, Matcher ready, Duration toReady) {
    this.process = process;
    this.reaper = reaper;
    this.address = ready.group(1);
    this.redis = ready.group(2);
    this.toReady = toReady;
  }

  /// Starts it with this process's Java and class path.
  ///
  /// @param arguments what follows `serve`
  /// @param folder where it logs
  static ServerProcess java(List<String> arguments, Path folder)
      throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:+UseG1GC");
    command.add("-XX:MaxRAMPercentage=50");
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-Ddetent.noop-path=" + NOOP_PATH);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of("dev.detent.server.cli.Main", "serve"));
    command.addAll(arguments);
    return start(command, folder);
  }

  /// Starts it as a user would.
  ///
  /// @param arguments what follows `serve`
  /// @param folder where it logs
  static ServerProcess launcher(List<String> arguments, Path folder)
      throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of("./detent", "serve"));
    command.addAll(arguments);
    return start(command, folder);
  }

  private static ServerProcess start(List<String> command, Path folder)
      throws IOException, InterruptedException {
    Path log = Files.createTempFile(folder, "server", ".log");
    var builder = new ProcessBuilder(command).redirectError(log.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("DETENT_"));
    long start = System.nanoTime();
    Process process = builder.start();
    var reaper = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(reaper);
    try {
      Matcher ready =
          CompletableFuture.supplyAsync(() -> ready(process))
              .get(READY_MAX.toMillis(), TimeUnit.MILLISECONDS);
      Duration toReady = Duration.ofNanos(System.nanoTime() - start);
      if (ready.matches()) {
        return new ServerProcess(process, reaper, ready, toReady);
      }
    } catch (ExecutionException | TimeoutException e) {
      process.destroyForcibly();
      throw new IllegalStateException("server: expected its ready line, got " + e, e);
    }
    process.destroyForcibly();
    throw new IllegalStateException(
        "server: expected its ready line, got:\n" + Files.readString(log));
  }

  private static Matcher ready(Process process) {
    BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
    return READY.matcher(lines.lines().findFirst().orElse(""));
  }

  String url() {
    return "http://" + address;
  }

  /// Returns where Redis clients reach it.
  InetSocketAddress redis() {
    int colon = redis.lastIndexOf(':');
    return new InetSocketAddress(
        redis.substring(0, colon), Integer.parseInt(redis, colon + 1, redis.length(), 10));
  }

  /// Returns how long it took from its start to its ready line.
  Duration toReady() {
    return toReady;
  }

  /// Records what it spends its time on while something else happens.
  void record(Path file, Duration length, Work work) throws Exception {
    var start = new ArrayList<>(List.of("JFR.start", "name=bench", "settings=none"));
    for (Map.Entry<String, String> setting : Profile.SETTINGS.entrySet()) {
      start.add("+" + setting.getKey() + "=" + setting.getValue().replace(" ", ""));
    }
    jcmd(start);
    work.run(length);
    jcmd(List.of("JFR.stop", "name=bench", "filename=" + file.toAbsolutePath()));
  }

  /// Returns how much of its heap is in use once all that is garbage is out of it.
  long heapBytes() throws IOException, InterruptedException {
    String histogram = jcmd(List.of("GC.class_histogram"));
    Matcher total = TOTAL.matcher(histogram);
    if (!total.find()) {
      throw new IllegalStateException("jcmd: expected a histogram, got:\n" + histogram);
    }
    return Long.parseLong(total.group(1));
  }

  /// Watches it for a while, and returns how much of one processor it used: 1 for all of it.
  double processorShare(Duration length) throws InterruptedException {
    Duration before = processorTime();
    long start = System.nanoTime();
    Thread.sleep(length);
    long nanos = System.nanoTime() - start;
    return (double) processorTime().minus(before).toNanos() / nanos;
  }

  private Duration processorTime() {
    return process.info().totalCpuDuration().orElseThrow();
  }

  /// Kills it, as `kill -9` does, and waits for its end.
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  private String jcmd(List<String> arguments) throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
    command.add(String.valueOf(process.pid()));
    command.addAll(arguments);
    Process jcmd = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (jcmd.waitFor() != 0) {
      throw new IllegalStateException("jcmd: expected success, got:\n" + output);
    }
    return output;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().removeShutdownHook(reaper);
  }

  /// Does something that can fail.
  interface Work {
    /// Does it for about that long.
    void run(Duration length) throws Exception;
  }
}
