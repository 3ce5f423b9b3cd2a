// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/// Measures what invocations cost that only sleep: the server's heap and its processor time.
final class Sleepers implements Case {
  private static final Duration WATCH_MIN = Duration.ofSeconds(10);
  private static final Duration SETTLE = Duration.ofSeconds(2);
  private static final Duration SETTLE_MAX = Duration.ofMinutes(5);
  private static final Duration ANSWER_MAX = Duration.ofSeconds(30);
  private static final double QUIET_SHARE_MAX = 0.05;
  private static final int SENDERS = 64;
  private static final int SAMPLES = 50;

  private final String name;
  private final ServerProcess server;
  private final int count;
  private boolean asleep;

  /// Makes a case.
  ///
  /// @param name its name
  /// @param server a server that has [WorkMachine] and does nothing else
  /// @param count how many sleep
  Sleepers(String name, ServerProcess server, int count) {
    this.name = name;
    this.server = server;
    this.count = count;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Run run(Duration length) throws Exception {
    if (!asleep) {
      fallAsleep();
      asleep = true;
    }
    double megabytes = server.heapBytes() / (1024.0 * 1024.0);
    double share = server.processorShare(length.compareTo(WATCH_MIN) < 0 ? WATCH_MIN : length);
    return new Run(Map.of(Figure.HEAP, megabytes, Figure.CPU, 100 * share));
  }

  private void fallAsleep() throws Exception {
    try (var client = new Client(ANSWER_MAX)) {
      sendAll(client);
      awaitQuiet();
      for (int i = 0; i < Math.min(count, SAMPLES); i++) {
        requireAsleep(client, (int) ((long) i * count / SAMPLES));
      }
    }
  }

  private void sendAll(Client client) throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var next = new AtomicInteger();
      var sent = new ArrayList<Future<Void>>();
      for (int i = 0; i < SENDERS; i++) {
        Callable<Void> sender = () -> send(client, next);
        sent.add(threads.submit(sender));
      }
      for (Future<Void> each : sent) {
        each.get();
      }
    }
  }

  private Void send(Client client, AtomicInteger next) throws InterruptedException {
    for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
      String url = instance(i) + "/" + WorkMachine.NAP + "/send";
      if (!client.post(url, 202)) {
        throw new IllegalStateException(url + ": expected it to be accepted, it was not");
      }
    }
    return null;
  }

  private void awaitQuiet() throws InterruptedException {
    long start = System.nanoTime();
    while (server.processorShare(SETTLE) > QUIET_SHARE_MAX) {
      if (System.nanoTime() - start > SETTLE_MAX.toNanos()) {
        throw new IllegalStateException(name + ": expected the server to rest, it did not");
      }
    }
  }

  private void requireAsleep(Client client, int index) throws IOException, InterruptedException {
    String shown = client.read(instance(index));
    if (!shown.contains("\"running\":{")) {
      throw new IllegalStateException(name + ": expected one that sleeps, got " + shown);
    }
  }

  private String instance(int index) {
    return server.url() + "/" + WorkMachine.NAME + "/sleeper-" + index;
  }
}
