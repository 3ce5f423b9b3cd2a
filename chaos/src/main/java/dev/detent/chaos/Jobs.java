// SPDX-License-Identifier: Apache-2.0
package dev.detent.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Has clients run durable handlers on a few keys, and checks that each ends exactly once, with all
/// that it did elsewhere, and never repeats what it had recorded.
final class Jobs implements Workload {
  private static final int PAUSE_MS_MAX = 60;

  private final int round;
  private final int keys;
  private final Path effects;
  private final Findings findings;
  private final Queue<Job> jobs = new ConcurrentLinkedQueue<>();
  private final AtomicLong names = new AtomicLong();
  private final AtomicLong ended = new AtomicLong();
  private long repeated;

  /// Is one job that was asked for, until there was an answer.
  private static final class Job {
    final String name;
    final String key;
    volatile @Nullable Answer answer;

    Job(String name, String key) {
      this.name = name;
      this.key = key;
    }
  }

  /// Is one effect that was seen in the outside world.
  private record Effect(String which, String result, String before) {}

  /// @param round makes the keys
  /// @param keys how many
  /// @param folder where the servers run
  Jobs(int round, int keys, Path folder, Findings findings) {
    this.round = round;
    this.keys = keys;
    this.effects = folder.resolve(JobMachine.EFFECTS);
    this.findings = findings;
  }

  @Override
  public String definition() {
    return ""; // The servers know it by a catalog.
  }

  @Override
  public long done() {
    return 0; // Jobs are slow; faults need not wait for them.
  }

  @Override
  public void work(Caller caller, Stop stop) throws InterruptedException {
    while (!stop.asked()) {
      int key = caller.random().nextInt(keys);
      var job = new Job("job-" + round + "-" + names.incrementAndGet(), round + "-" + key);
      jobs.add(job);
      run(caller, job, stop);
    }
  }

  /// Asks until there is an answer or all stop, always with the same idempotency key.
  private void run(Caller caller, Job job, Stop stop) throws InterruptedException {
    Answer answer = ask(caller, job);
    while (!settles(job, answer) && !stop.pause(caller.random().nextInt(PAUSE_MS_MAX))) {
      answer = ask(caller, job);
    }
  }

  private boolean settles(Job job, Answer answer) {
    if (answer.is(Answer.Kind.DONE)) {
      job.answer = answer;
      ended.incrementAndGet();
    }
    boolean wrong = answer.is(Answer.Kind.REFUSED) || answer.status() == 500;
    findings.expect(!wrong, () -> job.name + ": unexpected answer " + answer);
    return answer.is(Answer.Kind.DONE) || wrong;
  }

  private Answer ask(Caller caller, Job job) throws InterruptedException {
    String body = "{\"name\":\"" + job.name + "\",\"tally\":\"" + round + "\"}";
    return caller.post("/job/" + job.key + "/run", body, "Idempotency-Key", job.name);
  }

  @Override
  public void settle(Caller caller, Stop stop) throws InterruptedException {
    for (Job job : jobs) {
      if (job.answer == null) {
        run(caller, job, stop);
      }
      findings.expect(job.answer != null, () -> job.name + ": no end though all should be well");
    }
  }

  @Override
  public void check(Caller caller, Stop stop) throws InterruptedException {
    Map<String, List<JsonNode>> runs = new HashMap<>();
    for (int i = 0; i < keys; i++) {
      collect(caller.events("/job/" + round + "-" + i + "/history?limit=1000", stop), runs);
    }
    once(runs, "end");
    once(moves(caller, "called-", stop), "call");
    Map<String, List<JsonNode>> sent = moves(caller, "sent-", stop);
    while (sent.size() < jobs.size() && !stop.pause(100)) {
      sent = moves(caller, "sent-", stop);
    }
    once(sent, "send");
    checkEffects();
  }

  private Map<String, List<JsonNode>> moves(Caller caller, String prefix, Stop stop)
      throws InterruptedException {
    Map<String, List<JsonNode>> moves = new HashMap<>();
    collect(caller.events("/counter/" + prefix + round + "/history?limit=1000", stop), moves);
    return moves;
  }

  /// Sorts the events of one key by the jobs that they name.
  private void collect(List<JsonNode> events, Map<String, List<JsonNode>> byName) {
    long version = 0;
    for (JsonNode event : events) {
      version++;
      String name = event.path("input").path("name").asString("");
      byName.computeIfAbsent(name, first -> new ArrayList<>()).add(event);
      boolean gapless = event.path("version").asLong() == version;
      findings.expect(gapless, () -> event + ": expected no gap before this version");
    }
  }

  /// Expects exactly one of each.
  private void once(Map<String, List<JsonNode>> events, String what) {
    for (Job job : jobs) {
      List<JsonNode> found = events.getOrDefault(job.name, List.of());
      findings.expect(
          found.size() == 1,
          () -> job.name + ": expected one " + what + ", got " + found + " of " + job.answer);
    }
    findings.expect(
        events.size() == jobs.size(),
        () -> jobs.size() + " jobs, but " + events.size() + " have their " + what);
  }

  /// Compares answers with the outside world. An effect may have run more often than once; but only
  /// one result of it was recorded, so whatever came after it has seen only that one.
  private void checkEffects() {
    Map<String, List<Effect>> seen = readEffects();
    for (Job job : jobs) {
      Answer answer = job.answer;
      if (answer != null) {
        check(job.name, answer.json(), seen.getOrDefault(job.name, List.of()));
      }
    }
  }

  private void check(String name, JsonNode done, List<Effect> seen) {
    String first = done.path("first").asString("");
    String second = done.path("second").asString("");
    Set<String> before = new HashSet<>();
    Set<String> results = new HashSet<>();
    for (Effect effect : seen) {
      results.add(effect.which() + effect.result());
      if (effect.which().equals("second")) {
        before.add(effect.before());
      }
    }
    repeated += seen.size() - 2L;
    boolean right =
        done.path("name").asString("").equals(name)
            && done.path("called").path("name").asString("").equals(name)
            && results.contains("first" + first)
            && results.contains("second" + second)
            && before.equals(Set.of(first));
    findings.expect(right, () -> name + ": answered " + done + ", but its effects were " + seen);
  }

  private Map<String, List<Effect>> readEffects() {
    Map<String, List<Effect>> seen = new HashMap<>();
    try {
      for (String line : Files.readAllLines(effects)) {
        String[] words = line.split(" ", -1);
        seen.computeIfAbsent(words[0], name -> new ArrayList<>())
            .add(new Effect(words[1], words[2], words[3]));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return seen;
  }

  @Override
  public void compare(Follower feed) {
    for (int i = 0; i < keys; i++) {
      String key = round + "-" + i;
      long expected = jobs.stream().filter(job -> job.key.equals(key)).count();
      long events = feed.seen("job", key);
      findings.expect(
          events == expected, () -> key + ": " + expected + " jobs, the feed has " + events);
    }
  }

  @Override
  public String summary() {
    return "%,d jobs ended, %,d effects ran again before they were recorded"
        .formatted(ended.get(), repeated);
  }
}
