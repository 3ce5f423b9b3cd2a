// SPDX-License-Identifier: Apache-2.0
package dev.detent.chaos;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Lets faults strike at random moments, several at a time if it so happens, until all stop; then
/// everything is repaired.
///
/// **Threads**: one at a time.
final class Faults implements Trouble {
  private static final int STRIKES_MAX = 3;
  private static final int PAUSE_MS_MAX = 3_000;

  private final List<Fault> faults;
  private final Random random;
  private final Findings findings;
  private final List<String> struck = new ArrayList<>();
  private final long start = System.nanoTime();

  /// @param faults those to choose from, all with the same odds
  Faults(List<Fault> faults, Random random, Findings findings) {
    this.faults = faults;
    this.random = random;
    this.findings = findings;
  }

  @Override
  public void run(Stop stop) throws InterruptedException {
    if (faults.isEmpty()) {
      return;
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(STRIKES_MAX)) {
      while (!stop.pause(random.nextInt(PAUSE_MS_MAX))) {
        Fault fault = faults.get(random.nextInt(faults.size()));
        var choices = new Random(random.nextLong());
        threads.execute(() -> strike(fault, choices, stop));
      }
    }
  }

  private void strike(Fault fault, Random choices, Stop stop) {
    double seconds = (System.nanoTime() - start) / 1e9;
    try {
      String what = stop.asked() ? "" : fault.strike(choices, stop);
      if (!what.isEmpty()) {
        note(String.format(Locale.ROOT, "%.2f s: %s", seconds, what));
      }
    } catch (IOException | InterruptedException | RuntimeException e) {
      findings.add("a fault could not be repaired: " + fault + ": " + e);
    }
  }

  private synchronized void note(String what) {
    struck.add(what);
  }

  @Override
  public synchronized List<String> struck() {
    return List.copyOf(struck);
  }
}
