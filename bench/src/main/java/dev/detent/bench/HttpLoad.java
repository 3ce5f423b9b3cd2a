// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// Measures a server over HTTP.
///
/// @param name the case's name
/// @param wrk what makes the load
/// @param server the server
/// @param paths a file with the paths that are posted to in turn
/// @param connections how many connections
record HttpLoad(String name, Wrk wrk, ServerProcess server, Path paths, int connections)
    implements Case {
  /// The server's code has to be compiled by then.
  private static final Duration WARM_UP_MIN = Duration.ofSeconds(5);

  /// Writes the list of paths that flip these keys.
  static Path flips(Path folder, String file, List<String> keys) throws IOException {
    return paths(folder.resolve(file), FlipMachine.NAME, FlipMachine.COMMAND, keys);
  }

  /// Writes the list of paths that have a machine's command run on these keys.
  static Path paths(Path file, String machine, String command, List<String> keys)
      throws IOException {
    List<String> paths =
        keys.stream().map(key -> "/" + machine + "/" + key + "/" + command).toList();
    return Files.write(file, paths);
  }

  @Override
  public Duration warmUp(Duration length) {
    return length.compareTo(WARM_UP_MIN) < 0 ? WARM_UP_MIN : length;
  }

  @Override
  public Run run(Duration length) throws IOException, InterruptedException {
    return wrk.run(server.url(), paths, connections, length);
  }

  @Override
  public boolean record(Duration length, Path file) throws Exception {
    server.record(file, length, this::run);
    return true;
  }
}
