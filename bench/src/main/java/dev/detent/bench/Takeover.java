// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

import dev.detent.Key;
import dev.detent.codec.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Measures how long keys are without an answer once a node was killed: one of several on one
/// database, and one key in each partition of it. The slowest of them is the last that answers.
final class Takeover implements Case {
  private static final int NODES = 3;
  private static final int PARTITIONS = 64;
  private static final String LEASE = "2s";
  private static final Duration ANSWER_MAX = Duration.ofSeconds(1);
  private static final Duration SETTLE_MAX = Duration.ofSeconds(60);
  private static final long AGAIN_MS = 20;

  private final String name;
  private final Database database;
  private final Path folder;
  private int runs;

  /// @param name the case's name
  /// @param database what the nodes share
  /// @param folder where the nodes log
  Takeover(String name, Database database, Path folder) {
    this.name = name;
    this.database = database;
    this.folder = folder;
  }

  @Override
  public String name() {
    return name;
  }

  /// Kills one node once, whatever the length.
  @Override
  public Run run(Duration length) throws Exception {
    String url = database.url("takeover_" + ++runs);
    var arguments = List.of("--store", url, "--http", "127.0.0.1:0", "--lease-duration", LEASE);
    try (var opened = new Opened();
        var client = new Client(ANSWER_MAX)) {
      var nodes = new ArrayList<ServerProcess>();
      for (int i = 0; i < NODES; i++) {
        nodes.add(opened.add(ServerProcess.java(arguments, folder)));
      }
      awaitShares(client, nodes);
      answers(client, nodes, System.nanoTime());
      ServerProcess victim = nodes.remove(runs % NODES);
      long start = System.nanoTime();
      victim.kill();
      Samples latencies = answers(client, nodes, start);
      return Run.of(latencies.count(), System.nanoTime() - start, latencies);
    }
  }

  /// Waits until each node has its share of the partitions.
  private static void awaitShares(Client client, List<ServerProcess> nodes)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    String text;
    do {
      text = client.read(nodes.getFirst().url() + "/api/nodes");
      if (isShared(Json.parse(text))) {
        return;
      }
      Thread.sleep(AGAIN_MS);
    } while (System.nanoTime() - start < SETTLE_MAX.toNanos());
    throw new IllegalStateException("nodes: expected each to have a share, got " + text);
  }

  private static boolean isShared(Json answer) {
    List<Integer> shares =
        answer.members().getOrDefault("nodes", Json.NULL).elements().stream()
            .map(node -> node.members().getOrDefault("partitions", Json.NULL).elements().size())
            .toList();
    int least = PARTITIONS / NODES;
    return shares.size() == NODES && shares.stream().allMatch(share -> share >= least);
  }

  /// Asks for every key until it answers, each in a thread of its own, and tells how long each took
  /// since the start.
  private static Samples answers(Client client, List<ServerProcess> nodes, long start)
      throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var waits = new ArrayList<Callable<Long>>();
      for (String key : keys()) {
        String path = "/" + WorkMachine.NAME + "/" + key + "/" + WorkMachine.THREE;
        int first = waits.size();
        waits.add(() -> answer(client, nodes, first, path) - start);
      }
      var latencies = new Samples();
      for (Future<Long> answered : threads.invokeAll(waits)) {
        latencies.add(answered.get());
      }
      return latencies;
    }
  }

  private static long answer(Client client, List<ServerProcess> nodes, int first, String path)
      throws InterruptedException {
    long start = System.nanoTime();
    for (int i = first; System.nanoTime() - start < SETTLE_MAX.toNanos(); i++) {
      if (client.post(nodes.get(i % nodes.size()).url() + path, 200)) {
        return System.nanoTime();
      }
      Thread.sleep(AGAIN_MS);
    }
    throw new IllegalStateException(path + ": expected an answer, got none for " + SETTLE_MAX);
  }

  /// Returns one key of each partition.
  private static List<String> keys() {
    var keys = new ArrayList<String>();
    Set<Integer> covered = new HashSet<>();
    for (int i = 0; covered.size() < PARTITIONS; i++) {
      if (covered.add(new Key(WorkMachine.NAME, "key-" + i).partition(PARTITIONS))) {
        keys.add("key-" + i);
      }
    }
    return keys;
  }
}
