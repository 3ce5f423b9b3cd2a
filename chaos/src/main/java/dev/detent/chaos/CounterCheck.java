// SPDX-License-Identifier: Apache-2.0
package dev.detent.chaos;

import dev.detent.chaos.CounterModel.Seen;
import dev.detent.testkit.LinearizabilityChecker;
import dev.detent.testkit.Verdict;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/// Compares what clients were told of one counter with what is kept of it.
final class CounterCheck {
  private final Counter counter;
  private final Findings findings;
  private final Map<String, Long> versions = new HashMap<>();
  private long last;

  CounterCheck(Counter counter, Findings findings) {
    this.counter = counter;
    this.findings = findings;
  }

  void run(Caller caller, Stop stop) throws InterruptedException {
    readHistory(caller, stop);
    for (Counter.Move move : counter.moves()) {
      compare(move);
    }
    counter.saw(last);
    counter.beginRead().returned(new Seen.At(last, nameAt(last)));
    Verdict verdict =
        LinearizabilityChecker.check(new CounterModel(), counter.history().operations());
    findings.expect(verdict.ok(), () -> counter.key() + " is not linearizable: " + verdict);
    for (Counter.Move move : counter.moves()) {
      if (move.way.safe() && !stop.asked()) {
        repeat(caller, move, stop);
      }
    }
  }

  private String nameAt(long version) {
    return versions.entrySet().stream()
        .filter(entry -> entry.getValue() == version)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse("");
  }

  /// Waits until all sends that were accepted have happened.
  private void readHistory(Caller caller, Stop stop) throws InterruptedException {
    List<JsonNode> events = caller.events(counter.path() + "/history?limit=1000", stop);
    while (missing(events) && !stop.pause(100)) {
      events = caller.events(counter.path() + "/history?limit=1000", stop);
    }
    findings.expect(!stop.asked(), () -> counter.key() + ": its history could not be read in time");
    for (JsonNode event : events) {
      take(event);
    }
  }

  private boolean missing(List<JsonNode> events) {
    List<String> names = events.stream().map(CounterCheck::name).toList();
    return counter.moves().stream()
        .filter(move -> move.way.sends() && move.answer != null)
        .filter(move -> Objects.requireNonNull(move.answer).is(Answer.Kind.DONE))
        .anyMatch(move -> !names.contains(move.asked.name()));
  }

  private static String name(JsonNode event) {
    return event.path("input").path("name").asString("");
  }

  private void take(JsonNode event) {
    last++;
    long version = event.path("version").asLong();
    String to = event.path("to").asString("");
    findings.expect(version == last, () -> event + ": version " + version + " instead of " + last);
    findings.expect(to.equals(last % 2 == 1 ? "odd" : "even"), () -> event + ": wrong state");
    findings.expect(versions.put(name(event), version) == null, () -> event + ": happened twice");
  }

  private void compare(Counter.Move move) {
    Long version = versions.get(move.asked.name());
    Answer answer = move.answer;
    if (answer == null || move.way.sends()) {
      boolean accepted = answer != null && answer.is(Answer.Kind.DONE);
      findings.expect(version != null || !accepted, () -> move.asked + " is lost: " + answer);
      if (version == null) {
        move.call.withdrawn();
      } else {
        move.call.happened(new Seen.At(version, move.asked.name()));
      }
    } else if (answer.is(Answer.Kind.DONE)) {
      boolean same = version != null && answer.header("Detent-Version").equals("" + version);
      findings.expect(same, () -> move.asked + ": answered " + answer + ", is version " + version);
    } else {
      findings.expect(version == null, () -> move.asked + ": answered " + answer + ", happened");
    }
  }

  /// Asks again with the same idempotency key: the answer must be the same.
  private void repeat(Caller caller, Counter.Move move, Stop stop) throws InterruptedException {
    Answer first = move.answer;
    if (first == null) {
      return;
    }
    Answer again = settled(caller, move, stop);
    boolean same =
        move.way.sends()
            ? again.json().path("id").equals(first.json().path("id"))
            : again.body().equals(first.body())
                && again.header("Detent-Version").equals(first.header("Detent-Version"))
                && again.header("Detent-Id").equals(first.header("Detent-Id"))
                && again.header("Idempotent-Replayed").equals("true");
    findings.expect(same, () -> move.asked + ": first answered " + first + ", then " + again);
  }

  private Answer settled(Caller caller, Counter.Move move, Stop stop) throws InterruptedException {
    Answer answer = Counters.send(caller, counter, move);
    while (!answer.is(Answer.Kind.DONE) && !answer.is(Answer.Kind.REFUSED) && !stop.pause(50)) {
      answer = Counters.send(caller, counter, move);
    }
    return answer;
  }
}
