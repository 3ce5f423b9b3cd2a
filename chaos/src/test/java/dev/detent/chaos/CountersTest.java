// SPDX-License-Identifier: Apache-2.0
package dev.detent.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.chaos.LyingServer.Lie;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Shows the counters' checks a server that lies.
class CountersTest {
  private static final int CLIENTS = 4;
  private static final int KEYS = 3;
  private static final int REQUESTS = 500;

  @Test
  void findNothingWrongWithAServerThatTellsTheTruth() throws Exception {
    assertThat(findings(Lie.NONE)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void findALie(Lie lie) throws Exception {
    assertThat(findings(lie)).isNotEmpty();
  }

  private static List<String> findings(Lie lie) throws Exception {
    var findings = new Findings();
    var counters = new Counters(1, KEYS, findings);
    var working = new Stop();
    var requests = new AtomicInteger();
    Runnable count =
        () -> {
          if (requests.incrementAndGet() == REQUESTS) {
            working.ask();
          }
        };
    try (HttpClient client = Caller.client();
        LyingServer server = LyingServer.start(lie, count)) {
      var threads = new ArrayList<Thread>();
      for (int i = 0; i < CLIENTS; i++) {
        var caller = new Caller(client, List.of(server), new Random(i));
        threads.add(Thread.ofPlatform().start(() -> work(counters, caller, working)));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      var caller = new Caller(client, List.of(server), new Random(-1));
      counters.settle(caller, new Stop());
      counters.check(caller, late(lie));
    }
    return findings.list();
  }

  /// Returns what stops checks that wait in vain, as they do for a send that is forgotten.
  private static Stop late(Lie lie) {
    var late = new Stop();
    long ms = lie == Lie.FORGETS_A_SEND ? 500 : 60_000;
    Thread.ofVirtual().start(() -> expire(late, ms));
    return late;
  }

  private static void expire(Stop late, long ms) {
    try {
      late.pause(ms);
      late.ask();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void work(Counters counters, Caller caller, Stop stop) {
    try {
      counters.work(caller, stop);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
