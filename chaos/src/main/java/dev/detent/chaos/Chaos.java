// SPDX-License-Identifier: Apache-2.0
package dev.detent.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Runs a long trial from the command line: `scripts/chaos [MINUTES] [SEED] [NODES] [ARGUMENT…]`.
public final class Chaos {
  private static final Duration ROUND = Duration.ofSeconds(20);
  private static final int ROUNDS_A_MINUTE = 2; // with the checks
  private static final Duration LEASE = Duration.ofSeconds(2);
  private static final int CLIENTS = 8;
  private static final int KEYS = 24;
  private static final int TICKERS = 12;
  private static final int WORKERS = 16;
  private static final int NODES = 3;

  private Chaos() {}

  /// Runs a trial, and exits with 1 if anything is wrong.
  ///
  /// @param arguments minutes (default 5), seed (default: the time), servers (default 3), and what
  ///   else to tell the servers
  /// @throws IOException if the trial can't be set up
  /// @throws InterruptedException if it is stopped
  public static void main(String[] arguments) throws IOException, InterruptedException {
    List<String> given = Arrays.asList(arguments);
    int minutes = Integer.parseInt(argument(given, 0, "5"));
    long seed = Long.parseLong(argument(given, 1, String.valueOf(System.currentTimeMillis())));
    int nodes = Integer.parseInt(argument(given, 2, String.valueOf(NODES)));
    Path folder = Files.createTempDirectory("detent-chaos");
    var serve = new ArrayList<String>();
    if (nodes > 1) {
      serve.addAll(List.of("--lease-duration", LEASE.toSeconds() + "s"));
    }
    serve.addAll(given.subList(Math.min(3, given.size()), given.size()));
    System.out.printf("seed %d, %d servers, %d minutes, in %s%n", seed, nodes, minutes, folder);
    var settings =
        new Settings(
            nodes,
            CLIENTS,
            seed,
            minutes * ROUNDS_A_MINUTE,
            ROUND,
            List.of(),
            serve,
            LEASE.plusMillis(LEASE.toMillis() / 4),
            folder);
    List<String> findings = new Trial(settings, System.out::println).postgres(workloads(folder));
    System.out.println(findings.isEmpty() ? "all is well" : findings.size() + " findings");
    System.exit(findings.isEmpty() ? 0 : 1);
  }

  /// Makes the workloads of each round.
  ///
  /// @param folder where the servers run
  static Trial.Workloads workloads(Path folder) {
    return (round, findings) ->
        List.of(
            new Counters(round, KEYS, findings),
            new Tickers(round, TICKERS, findings),
            new Jobs(round, WORKERS, folder, findings));
  }

  private static String argument(List<String> given, int index, String standard) {
    return index < given.size() ? given.get(index) : standard;
  }
}
