// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Runs a `main` in a process of its own, which says a line of each thing that it has done, and can
/// be killed.
///
/// **Limits**: everything is waited for two minutes at most.
final class ChildJvm implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Process process;
  private final Thread reader;
  private final Semaphore unheard = new Semaphore(0);
  private final ConcurrentLinkedQueue<String> lines = new ConcurrentLinkedQueue<>();

  private ChildJvm(Process process) {
    this.process = process;
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    this.reader = Thread.ofVirtual().name("said-by-" + process.pid()).start(() -> read(out));
  }

  /// Starts a process.
  static ChildJvm start(Class<?> main, String... arguments) throws IOException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-XX:+UseSerialGC");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    return new ChildJvm(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start());
  }

  /// Waits until it has said so many lines more.
  void awaitLines(int count) throws InterruptedException {
    if (!unheard.tryAcquire(count, PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError(
          "lines: expected " + count + " more, got " + unheard.availablePermits());
    }
  }

  /// Tells whether it has said another line by now, or says one soon.
  boolean hasSaidMore() throws InterruptedException {
    return unheard.tryAcquire(200, TimeUnit.MILLISECONDS);
  }

  /// Returns all that it said, once it has ended; the last line may be cut.
  List<String> lines() throws InterruptedException {
    if (!reader.join(PATIENCE)) {
      throw new AssertionError("it still speaks");
    }
    return List.copyOf(lines);
  }

  /// Sends SIGKILL and waits until the process is gone.
  void kill() throws InterruptedException {
    process.destroyForcibly();
    int _ = exitCode();
  }

  /// Sends SIGSTOP: it stands still, and does not know.
  void freeze() throws IOException, InterruptedException {
    signal("STOP");
  }

  /// Sends SIGCONT: it goes on where it was.
  void wake() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    Process sent = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start();
    if (!sent.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS) || sent.exitValue() != 0) {
      sent.destroyForcibly();
      throw new AssertionError("signal " + name + ": expected it to be sent");
    }
  }

  /// Has it read a line.
  void tell() throws IOException {
    process.outputWriter().newLine();
    process.outputWriter().flush();
  }

  /// Has it stop as it should.
  void stop() throws IOException, InterruptedException {
    process.outputWriter().close();
    int code = exitCode();
    if (code != 0) {
      throw new AssertionError("it ended with " + code);
    }
  }

  /// Waits for its end.
  int exitCode() throws InterruptedException {
    if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError("still running");
    }
    return process.exitValue();
  }

  private void read(BufferedReader out) {
    try (out) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        lines.add(line);
        unheard.release();
      }
    } catch (IOException e) {
      // It was killed: what it said last is lost with it.
      System.getLogger(ChildJvm.class.getName()).log(System.Logger.Level.DEBUG, "said", e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
