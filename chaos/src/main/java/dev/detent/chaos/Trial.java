// SPDX-License-Identifier: Apache-2.0
package dev.detent.chaos;

import java.io.IOException;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// Runs rounds of work and faults on a cluster, and checks after each.
final class Trial {
  private static final long SETTLE_S_MAX = 120;

  private final Settings settings;
  private final Consumer<String> log;
  private final Findings findings = new Findings();
  private final Follower follower = new Follower(findings);
  private final Random random;

  /// Makes the workloads of a round.
  interface Workloads {
    List<Workload> of(int round, Findings findings);
  }

  /// Makes what makes trouble in a round.
  private interface Troubles {
    Trouble of(Caller caller, LongSupplier progress);
  }

  /// @param log takes what is told to people
  Trial(Settings settings, Consumer<String> log) {
    this.settings = settings;
    this.log = log;
    this.random = new Random(settings.seed());
  }

  /// Runs servers on a PostgreSQL of their own, kills and freezes them, and crashes the database.
  ///
  /// @return what was found wrong
  List<String> postgres(Workloads workloads) throws IOException, InterruptedException {
    try (PrivatePostgres postgres = PrivatePostgres.start(settings.folder());
        Cluster cluster = start(postgres.storeUrl(), workloads)) {
      var faults =
          new ArrayList<Fault>(List.of(new KillNode(cluster.nodes()), new CrashPostgres(postgres)));
      if (settings.nodes() > 1) {
        faults.add(new KillNode(cluster.nodes()));
        faults.add(new FreezeNode(cluster.nodes(), settings.frozen()));
      }
      return rounds(cluster, workloads, (_, progress) -> faults(faults, progress));
    }
  }

  private Trouble faults(List<Fault> faults, LongSupplier progress) {
    return new Faults(faults, new Random(random.nextLong()), progress, findings);
  }

  /// Runs one server on a SQLite file, and lets outages happen to it one after the other.
  ///
  /// @param file the file, relative to the folder
  /// @return what was found wrong
  List<String> sqlite(String file, List<Outage> outages, Workloads workloads)
      throws IOException, InterruptedException {
    try (Cluster cluster = start("sqlite:" + file, workloads)) {
      return rounds(
          cluster,
          workloads,
          (caller, _) -> new Outages(cluster.nodes().getFirst(), outages, caller, findings));
    }
  }

  /// Starts servers that know the machines of the workloads.
  private Cluster start(String store, Workloads workloads) throws IOException {
    List<String> definitions =
        workloads.of(0, findings).stream()
            .map(Workload::definition)
            .filter(definition -> !definition.isEmpty())
            .toList();
    return Cluster.start(settings, store, definitions, findings);
  }

  /// Runs all rounds, or until something is wrong.
  private List<String> rounds(Cluster cluster, Workloads workloads, Troubles troubles)
      throws InterruptedException {
    try (HttpClient client = Caller.client()) {
      await(cluster, client, 0);
      for (int round = 1; round <= settings.rounds() && findings.list().isEmpty(); round++) {
        var callers = new Callers(cluster, client);
        List<Workload> works = workloads.of(round, findings);
        LongSupplier progress = () -> works.stream().mapToLong(Workload::done).sum();
        round(round, callers, works, troubles.of(callers.next(random), progress));
      }
    }
    return findings.list();
  }

  /// Makes callers.
  private record Callers(Cluster cluster, HttpClient client) {
    Caller next(Random random) {
      return new Caller(client, cluster.nodes(), new Random(random.nextLong()));
    }
  }

  private void round(int round, Callers callers, List<Workload> workloads, Trouble trouble)
      throws InterruptedException {
    var working = new Stop();
    var threads = new ArrayList<Thread>();
    for (Workload workload : workloads) {
      for (int i = 0; i < settings.clients(); i++) {
        Caller caller = callers.next(random);
        threads.add(start(working, () -> workload.work(caller, working)));
      }
    }
    Caller reader = callers.next(random);
    threads.add(start(working, () -> follower.run(reader, working)));
    Thread striking = start(working, () -> trouble.run(working));
    working.pause(settings.round().toMillis());
    working.ask();
    striking.join();
    for (Thread thread : threads) {
      thread.join();
    }
    check(round, callers, workloads);
    tell(round, workloads, trouble);
  }

  private void check(int round, Callers callers, List<Workload> workloads)
      throws InterruptedException {
    await(callers.cluster(), callers.client(), round);
    var late = new Stop();
    Thread watch = Thread.ofVirtual().start(() -> expire(late));
    Caller caller = callers.next(random);
    for (Workload workload : workloads) {
      workload.settle(caller, late);
    }
    for (Workload workload : workloads) {
      workload.check(caller, late);
    }
    follower.finish(caller, late);
    for (Workload workload : workloads) {
      workload.compare(follower);
    }
    watch.interrupt();
  }

  private void tell(int round, List<Workload> workloads, Trouble trouble) {
    log.accept(
        "round %d: %d faults, %,d events"
            .formatted(round, trouble.struck().size(), follower.seen()));
    workloads.forEach(workload -> log.accept("  " + workload.summary()));
    trouble.struck().forEach(fault -> log.accept("  " + fault));
    findings.list().forEach(finding -> log.accept("  WRONG " + finding));
  }

  /// Waits until all servers are well.
  private void await(Cluster cluster, HttpClient client, int round) throws InterruptedException {
    var late = new Stop();
    Thread watch = Thread.ofVirtual().start(() -> expire(late));
    var caller = new Caller(client, cluster.nodes(), random);
    for (Node node : cluster.nodes()) {
      Answer health = health(caller, node, late);
      findings.expect(
          health.is(Answer.Kind.DONE),
          () -> "round " + round + ": " + node.name() + " is not well: " + health);
    }
    watch.interrupt();
  }

  private static Answer health(Caller caller, Node node, Stop late) throws InterruptedException {
    Answer health = caller.get(node, "/health");
    while (!health.is(Answer.Kind.DONE) && !late.pause(20)) {
      health = caller.get(node, "/health");
    }
    return health;
  }

  private static void expire(Stop late) {
    try {
      late.pause(SETTLE_S_MAX * 1_000);
      late.ask();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // It was in time.
    }
  }

  /// Does something until all stop.
  private interface Work {
    void run() throws InterruptedException;
  }

  private Thread start(Stop stop, Work work) {
    return Thread.ofPlatform()
        .start(() -> {
          try {
            work.run();
          } catch (InterruptedException | RuntimeException | Error e) {
            findings.add("a client ended by " + e);
            stop.ask();
          }
        });
  }
}
