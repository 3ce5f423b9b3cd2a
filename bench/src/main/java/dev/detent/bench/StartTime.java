// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// Measures how long the launcher takes to a server that serves, on a new SQLite file.
///
/// @param folder where the files are
/// @param definition the file of the machine that it serves
record StartTime(Path folder, Path definition) implements Case {
  static final String NAME = "start to ready, ./detent serve";

  @Override
  public String name() {
    return NAME;
  }

  /// Starts it once, whatever the length. The warm-up builds what has to be built.
  @Override
  public Run run(Duration length) throws IOException, InterruptedException {
    Path home = Files.createTempDirectory(folder, "start");
    var arguments =
        List.of(
            "--store",
            "sqlite:" + home.resolve("detent.db").toAbsolutePath(),
            "--http",
            "127.0.0.1:0",
            "--define",
            definition.toAbsolutePath().toString());
    try (ServerProcess server = ServerProcess.launcher(arguments, folder)) {
      double ms = server.toReady().toNanos() / 1e6;
      return new Run(1_000 / ms, ms, ms);
    }
  }
}
