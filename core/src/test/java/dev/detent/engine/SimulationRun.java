// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

/// Runs many seeds: the first one and how many as arguments, then perhaps the mutant.
final class SimulationRun {
  private SimulationRun() {}

  /// Prints how many seeds passed per second, or the first failure.
  public static void main(String[] args) {
    long first = Long.parseLong(args[0]);
    long count = Long.parseLong(args[1]);
    Mutant mutant = args.length > 2 ? Mutant.valueOf(args[2]) : Mutant.NONE;
    long start = System.nanoTime();
    for (long seed = first; seed < first + count; seed++) {
      Simulation.run(seed, mutant);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    System.out.printf("%d seeds in %.1f s, %.0f/s%n", count, seconds, count / seconds);
  }
}
