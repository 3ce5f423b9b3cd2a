// SPDX-License-Identifier: Apache-2.0
package dev.detent.chaos;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Lets one outage after the other happen to a server, checks what it tells, and stops all when
/// each has been.
///
/// **Threads**: one at a time.
final class Outages implements Trouble {
  private static final int CALM_MS = 300;
  private static final int WELL_MS_MAX = 60_000;
  private static final int LOOK_MS = 20;

  private final Node node;
  private final List<Outage> outages;
  private final Caller caller;
  private final Findings findings;
  private final List<String> struck = new ArrayList<>();

  Outages(Node node, List<Outage> outages, Caller caller, Findings findings) {
    this.node = node;
    this.outages = outages;
    this.caller = caller;
    this.findings = findings;
  }

  @Override
  public void run(Stop stop) throws InterruptedException {
    for (Outage outage : outages) {
      if (!stop.pause(CALM_MS)) {
        suffer(outage, stop);
      }
    }
    stop.pause(CALM_MS);
    stop.ask();
  }

  @Override
  public List<String> struck() {
    return struck;
  }

  private void suffer(Outage outage, Stop stop) throws InterruptedException {
    long start = System.nanoTime();
    String told = "";
    try (Outage.Repair _ = outage.breaking().begin(node)) {
      if (outage.told().isEmpty()) {
        stop.pause(outage.holdMs());
      } else {
        told = awaitTold(outage, stop);
        stop.pause(outage.holdMs());
      }
    } catch (IOException e) {
      findings.add(outage.name() + " could not be done: " + e);
    }
    long repaired = System.nanoTime();
    awaitWell(outage, stop);
    struck.add(
        "%s: told after %d ms, well again after %d ms %s"
            .formatted(outage.name(), ms(start, repaired), ms(repaired, System.nanoTime()), told));
  }

  private String awaitTold(Outage outage, Stop stop) throws InterruptedException {
    Answer health = caller.get(node, "/health");
    for (int i = 0; !tells(health, outage) && i < WELL_MS_MAX / LOOK_MS; i++) {
      stop.pause(LOOK_MS);
      health = caller.get(node, "/health");
    }
    String last = health.toString();
    findings.expect(
        tells(health, outage),
        () -> outage.name() + ": health should tell '" + outage.told() + "', it tells " + last);
    return last;
  }

  private static boolean tells(Answer health, Outage outage) {
    return health.status() == 503 && health.body().contains(outage.told());
  }

  private void awaitWell(Outage outage, Stop stop) throws InterruptedException {
    Answer health = caller.get(node, "/health");
    for (int i = 0; !health.is(Answer.Kind.DONE) && i < WELL_MS_MAX / LOOK_MS; i++) {
      stop.pause(LOOK_MS);
      health = caller.get(node, "/health");
    }
    String last = health.toString();
    findings.expect(
        health.is(Answer.Kind.DONE), () -> outage.name() + " is over, but health tells " + last);
  }

  private static long ms(long from, long to) {
    return (to - from) / 1_000_000;
  }
}
