// SPDX-License-Identifier: Apache-2.0
package dev.detent.chaos;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;

/// Lets faults strike at random moments, several at a time if it so happens, until all stop; then
/// everything is repaired.
///
/// **Threads**: one at a time.
final class Faults implements Trouble {
  private static final int STRIKES_MAX = 3;
  private static final int PAUSE_MS_MAX = 1_500;
  private static final int LOOK_MS = 20;
  private static final int PROGRESS = 100;
  private static final int PROGRESS_MS_MAX = 10_000;

  private final List<Fault> faults;
  private final List<Fault> deck = new ArrayList<>();
  private final Random random;
  private final LongSupplier progress;
  private final Findings findings;
  private final List<String> struck = new ArrayList<>();
  private final long start = System.nanoTime();

  /// @param faults those to choose from
  /// @param progress tells how much clients got done so far
  Faults(List<Fault> faults, Random random, LongSupplier progress, Findings findings) {
    this.faults = faults;
    this.random = random;
    this.progress = progress;
    this.findings = findings;
  }

  @Override
  public void run(Stop stop) throws InterruptedException {
    if (faults.isEmpty()) {
      return;
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(STRIKES_MAX)) {
      while (!stop.pause(random.nextInt(PAUSE_MS_MAX)) && !awaitProgress(stop)) {
        Fault fault = draw();
        var choices = new Random(random.nextLong());
        threads.execute(() -> strike(fault, choices, stop));
      }
    }
  }

  /// Returns the next fault: each of them once, in any order, before any comes again.
  private Fault draw() {
    if (deck.isEmpty()) {
      deck.addAll(faults);
      Collections.shuffle(deck, random);
    }
    return deck.removeLast();
  }

  /// Waits until clients got something done, mostly: sometimes one fault follows another.
  ///
  /// @return whether all stop
  private boolean awaitProgress(Stop stop) throws InterruptedException {
    long before = progress.getAsLong();
    int looks = random.nextInt(4) == 0 ? 0 : PROGRESS_MS_MAX / LOOK_MS;
    for (int i = 0; i < looks && progress.getAsLong() < before + PROGRESS; i++) {
      stop.pause(LOOK_MS);
    }
    return stop.asked();
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
