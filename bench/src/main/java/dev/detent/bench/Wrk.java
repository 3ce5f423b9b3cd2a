// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Makes HTTP load with `wrk`, which takes less of the processors than a client in Java would.
///
/// @param program where `wrk` is
/// @param folder where its script and its lists of paths are
record Wrk(Path program, Path folder) {
  private static final Duration END_MAX = Duration.ofSeconds(30);
  private static final Pattern RESULT =
      Pattern.compile(
          "bench requests=(\\d+) micros=(\\d+) p50=(\\d+) p99=(\\d+)"
              + " refused=(\\d+) broken=(\\d+) late=(\\d+)");

  /// Returns it, or null if this machine has none.
  static @Nullable Wrk find(Path folder) throws IOException {
    Path program = program("wrk");
    return program == null ? null : open(program, folder);
  }

  /// Returns where a program is, or null if this machine has none.
  static @Nullable Path program(String name) {
    for (String place : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
      Path program = Path.of(place, name);
      if (Files.isExecutable(program)) {
        return program;
      }
    }
    return null;
  }

  private static Wrk open(Path program, Path folder) throws IOException {
    try (InputStream script = Wrk.class.getResourceAsStream("load.lua")) {
      if (script == null) {
        throw new IllegalStateException("load.lua: expected it on the class path, got nothing");
      }
      Files.write(folder.resolve("load.lua"), script.readAllBytes());
    }
    return new Wrk(program, folder);
  }

  /// Posts to the paths in turn.
  ///
  /// @param url the server
  /// @param paths a file with one path a line
  /// @param connections how many requests are under way at any time, each on its own connection
  /// @param length how long, rounded up to whole seconds
  Run run(String url, Path paths, int connections, Duration length)
      throws IOException, InterruptedException {
    long seconds = Math.max(1, (length.toMillis() + 999) / 1000);
    var command =
        List.of(
            program.toString(),
            "--threads=1",
            "--connections=" + connections,
            "--duration=" + seconds + "s",
            "--timeout=10s",
            "--script=" + folder.resolve("load.lua"),
            url,
            "--",
            paths.toString());
    Path log = folder.resolve("wrk.log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      if (!process.waitFor(seconds + END_MAX.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("wrk: expected an end after " + seconds + " s, got none");
      }
    } finally {
      process.destroyForcibly();
    }
    return parse(Files.readString(log, StandardCharsets.UTF_8));
  }

  /// Reads what the script wrote.
  ///
  /// @throws IllegalStateException if a request failed: then the figures are worth nothing
  static Run parse(String output) {
    Matcher result = RESULT.matcher(output);
    if (!result.find()) {
      throw new IllegalStateException("wrk: expected a line of results, got:\n" + output);
    }
    if (number(result, 5) + number(result, 6) + number(result, 7) > 0) {
      throw new IllegalStateException("wrk: expected good answers only, got " + result.group());
    }
    return new Run(
        number(result, 1) * 1e6 / number(result, 2),
        number(result, 3) / 1e3,
        number(result, 4) / 1e3);
  }

  private static long number(Matcher result, int group) {
    return Long.parseLong(result.group(group));
  }
}
