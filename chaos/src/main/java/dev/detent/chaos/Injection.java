// SPDX-License-Identifier: Apache-2.0
package dev.detent.chaos;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Makes system calls of a running process fail, by `strace`, until it is closed.
///
/// **Threads**: one at a time.
final class Injection implements AutoCloseable {
  private final Process strace;

  private Injection(Process strace) {
    this.strace = strace;
  }

  /// Begins.
  ///
  /// @param pid the process
  /// @param what what fails and how, as `strace -e inject=` takes it
  /// @param files only calls on these files fail
  /// @throws IOException if strace is not there or may not do it
  static Injection begin(long pid, String what, Path... files) throws IOException {
    var command = new ArrayList<>(List.of("strace", "-f", "-o", "/dev/null"));
    command.addAll(List.of("-p", String.valueOf(pid), "-e", "inject=" + what));
    command.addAll(List.of("-e", "trace=" + what.substring(0, what.indexOf(':'))));
    for (Path file : files) {
      command.addAll(List.of("-P", file.toString()));
    }
    Process strace = new ProcessBuilder(command).redirectErrorStream(true).start();
    BufferedReader lines = strace.inputReader(StandardCharsets.UTF_8);
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.contains(" attached")) {
        Thread.ofVirtual().start(() -> drain(lines));
        return new Injection(strace);
      } else if (!line.contains("resolved")) {
        strace.destroy();
        throw new IOException("strace: expected to attach to " + pid + ", got " + line);
      }
    }
    throw new IOException("strace: expected to attach to " + pid + ", it ended");
  }

  /// Returns why system calls can't be made to fail here, or an empty text if they can.
  static String hindrance() throws InterruptedException {
    try {
      Process target = new ProcessBuilder("sleep", "10").start();
      try (Injection _ = begin(target.pid(), "fsync:error=EIO")) {
        return "";
      } finally {
        target.destroyForcibly().waitFor();
      }
    } catch (IOException e) {
      return e.getMessage() + "; install strace (scripts/install-test-tools) and allow ptrace";
    }
  }

  private static void drain(BufferedReader lines) {
    try (lines) {
      lines.lines().forEach(line -> {});
    } catch (IOException | UncheckedIOException e) {
      System.getLogger(Injection.class.getName()).log(System.Logger.Level.DEBUG, "strace", e);
    }
  }

  /// Ends: calls work again.
  @Override
  public void close() {
    strace.destroy(); // SIGTERM lets go of the process; SIGKILL would too, but later
    strace.onExit().join();
  }
}
