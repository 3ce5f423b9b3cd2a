// SPDX-License-Identifier: Apache-2.0
package dev.detent.chaos;

import java.io.IOException;
import java.util.List;

/// Sends signals to processes that were started here.
final class Signals {
  private Signals() {}

  /// Sends one signal to one process; a process that is gone already is no error.
  ///
  /// @param signal such as `STOP`
  /// @param pid the process, or 0 for none
  static void send(String signal, long pid) throws IOException, InterruptedException {
    if (pid != 0) {
      run("kill", "-" + signal, String.valueOf(pid));
    }
  }

  /// Runs a command until it ends, and returns its exit status.
  static int run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(List.of(command))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }
}
