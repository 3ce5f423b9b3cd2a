// SPDX-License-Identifier: Apache-2.0
package dev.detent.chaos;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Is one server, in a process that is started again whenever it ends, as a supervisor does.
///
/// **Threads**: safe for any number of threads.
final class Node implements Served {
  private static final Pattern READY = Pattern.compile("detent ready http=(\\S+) .*");
  private static final long AGAIN_MS = 200;

  private final String name;
  private final List<String> command;
  private final Path folder;
  private final Findings findings;
  private final Stop stop = new Stop();
  private final ReentrantLock trouble = new ReentrantLock();
  private final Thread supervisor;
  private @Nullable Process process;
  private boolean wanted = true;
  private boolean killed;
  private volatile @Nullable String url;

  /// Starts a server.
  ///
  /// @param name names it in messages, and its log
  /// @param settings where it runs and logs, and what its command line is put behind
  /// @param arguments what follows the program's name
  static Node start(String name, Settings settings, List<String> arguments, Findings findings) {
    var command = new ArrayList<>(settings.launcher());
    command.addAll(command(arguments));
    var node = new Node(name, command, settings.folder(), findings);
    node.supervisor.start();
    return node;
  }

  private Node(String name, List<String> command, Path folder, Findings findings) {
    this.name = name;
    this.command = command;
    this.folder = folder;
    this.findings = findings;
    this.supervisor = Thread.ofPlatform().name(name).daemon().unstarted(this::supervise);
  }

  private static List<String> command(List<String> arguments) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-XX:+UseSerialGC", "-Xmx384m", "-Xshare:auto"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add("dev.detent.server.cli.Main");
    command.addAll(arguments);
    return command;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public @Nullable String url() {
    return url;
  }

  /// Returns its process's id, or 0 if there is none now.
  synchronized long pid() {
    return process == null || !process.isAlive() ? 0 : process.pid();
  }

  /// Is held by the fault that has this node now.
  ReentrantLock trouble() {
    return trouble;
  }

  /// Ends it with SIGKILL; it stays away until [#revive].
  synchronized void kill() {
    wanted = false;
    killed = true;
    url = null;
    if (process != null) {
      process.destroyForcibly();
    }
  }

  /// Has it started again after [#kill].
  synchronized void revive() {
    wanted = true;
    notifyAll();
  }

  /// Sends it a signal, such as `STOP`.
  void signal(String signal) throws IOException, InterruptedException {
    Signals.send(signal, pid());
  }

  /// Ends it for good, in order.
  void end() throws InterruptedException {
    stop.ask();
    synchronized (this) {
      notifyAll();
      if (process != null) {
        process.destroy();
      }
    }
    supervisor.join(10_000);
    destroy();
  }

  /// Ends it for good, at once.
  void destroy() {
    stop.ask();
    kill();
  }

  private void supervise() {
    try {
      while (awaitWanted()) {
        run();
        stop.pause(AGAIN_MS);
      }
    } catch (IOException | InterruptedException e) {
      findings.add(name + ": its supervisor ended: " + e);
    }
  }

  private synchronized boolean awaitWanted() throws InterruptedException {
    while (!wanted && !stop.asked()) {
      wait();
    }
    return !stop.asked();
  }

  private void run() throws IOException, InterruptedException {
    Path log = folder.resolve(name + ".log");
    var builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().keySet().removeIf(variable -> variable.startsWith("DETENT_"));
    Process started = begin(builder);
    boolean ready = readUntilEnd(started);
    int status = started.waitFor();
    url = null;
    // A database that is away while a server starts is a reason to end: it says so and ends with 2.
    boolean excused = stop.asked() || wasKilled() || (!ready && status == 2);
    if (!excused) {
      List<String> lines = Files.readAllLines(log);
      findings.add(
          "%s ended by itself with status %d: %s"
              .formatted(name, status, lines.isEmpty() ? "" : lines.getLast()));
    }
  }

  private synchronized Process begin(ProcessBuilder builder) throws IOException {
    Process started = builder.start();
    process = started;
    killed = !wanted || stop.asked();
    if (killed) {
      started.destroyForcibly();
    }
    return started;
  }

  private synchronized boolean wasKilled() {
    return killed;
  }

  private boolean readUntilEnd(Process started) {
    boolean ready = false;
    try (BufferedReader lines = started.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Matcher matcher = READY.matcher(line);
        if (matcher.matches()) {
          ready = true;
          url = "http://" + matcher.group(1);
        }
      }
      return ready;
    } catch (IOException | UncheckedIOException e) {
      return ready; // It was killed while a line was read.
    }
  }
}
