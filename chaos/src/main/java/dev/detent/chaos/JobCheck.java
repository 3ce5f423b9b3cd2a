// SPDX-License-Identifier: Apache-2.0
package dev.detent.chaos;

import dev.detent.chaos.Jobs.Job;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Compares what clients were told of jobs with what the servers kept and the outside world saw.
final class JobCheck {
  private final int round;
  private final Path effects;
  private final Findings findings;
  private long repeated;

  /// Is one effect that was seen in the outside world.
  private record Effect(String which, String result, String before) {}

  JobCheck(int round, Path effects, Findings findings) {
    this.round = round;
    this.effects = effects;
    this.findings = findings;
  }

  /// Returns how often an effect ran again.
  long repeated() {
    return repeated;
  }

  /// Checks jobs that have all ended.
  ///
  /// @param workers the keys on which they ran
  void run(List<Job> jobs, List<String> workers, Caller caller, Stop stop)
      throws InterruptedException {
    Map<String, List<JsonNode>> runs = new HashMap<>();
    for (String worker : workers) {
      collect(caller.events("/job/" + worker + "/history?limit=1000", stop), runs);
    }
    once(jobs, runs, "end");
    once(jobs, moves(caller, "called-", stop), "call");
    Map<String, List<JsonNode>> sent = moves(caller, "sent-", stop);
    long expected = jobs.stream().filter(job -> !job.cancelled()).count();
    while (sent.size() < expected && !stop.pause(100)) {
      sent = moves(caller, "sent-", stop);
    }
    once(jobs, sent, "send");
    checkEffects(jobs);
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

  /// Expects exactly one of each, or at most one of a job that was cancelled.
  private void once(List<Job> jobs, Map<String, List<JsonNode>> events, String what) {
    var names = new HashSet<String>();
    for (Job job : jobs) {
      names.add(job.name);
      int found = events.getOrDefault(job.name, List.of()).size();
      boolean never = job.cancelled() && (found == 0 || !what.equals("end"));
      findings.expect(
          found == 1 || (found == 0 && never),
          () -> job.name + ": expected one " + what + ", got " + events.get(job.name) + told(job));
      findings.expect(
          found == 0 || !job.cancelled() || !what.equals("end"),
          () -> job.name + ": was cancelled, but has an end" + told(job));
    }
    findings.expect(
        names.containsAll(events.keySet()),
        () -> "expected each " + what + " to be of a job, got " + events.keySet());
  }

  private static String told(Job job) {
    return "; clients were told " + job.end;
  }

  /// Compares answers with the outside world. An effect may have run more often than once; but only
  /// one result of it was recorded, so whatever came after it has seen only that one.
  private void checkEffects(List<Job> jobs) {
    Map<String, List<Effect>> seen = readEffects();
    for (Job job : jobs) {
      Answer end = job.end;
      if (end != null && !job.cancelled()) {
        check(job, end.json(), seen.getOrDefault(job.name, List.of()));
      }
    }
  }

  private void check(Job job, JsonNode done, List<Effect> seen) {
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
    boolean named =
        done.path("name").asString("").equals(job.name)
            && done.path("called").path("name").asString("").equals(job.name);
    boolean effective =
        results.contains("first" + first)
            && results.contains("second" + second)
            && before.equals(Set.of(first));
    boolean asked = done.path("told").asString("").equals(job.asks ? Jobs.told(job.name) : "");
    boolean inserted = done.path("rows").asLong() == 1;
    findings.expect(
        named && effective && asked && inserted,
        () -> job.name + ": answered " + done + ", but its effects were " + seen);
  }

  private Map<String, List<Effect>> readEffects() {
    Map<String, List<Effect>> seen = new HashMap<>();
    try {
      for (String line : Files.readAllLines(effects)) {
        String[] words = line.split(" ", -1);
        seen.computeIfAbsent(Objects.requireNonNull(words[0]), name -> new ArrayList<>())
            .add(new Effect(words[1], words[2], words[3]));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return seen;
  }
}
