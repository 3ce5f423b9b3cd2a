// SPDX-License-Identifier: Apache-2.0
package dev.detent.chaos;

import dev.detent.chaos.CounterModel.Asked;
import dev.detent.chaos.CounterModel.Kind;
import dev.detent.chaos.CounterModel.Seen;
import dev.detent.testkit.History;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Has clients move and read a few keys of a small JSON machine in all ways that HTTP offers, and
/// checks that each key has one history that explains all answers.
final class Counters implements Workload {
  private static final int REFUSED_PAUSE_MS_MAX = 60;

  private final List<Counter> counters = new ArrayList<>();
  private final ConcurrentLinkedQueue<Open> open = new ConcurrentLinkedQueue<>();
  private final Findings findings;
  private final AtomicLong done = new AtomicLong();
  private final AtomicLong reads = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong unknown = new AtomicLong();

  /// Is a move that has to be asked for again.
  private record Open(Counter counter, Counter.Move move) {}

  /// @param round makes the keys
  /// @param keys how many
  Counters(int round, int keys, Findings findings) {
    this.findings = findings;
    for (int i = 0; i < keys; i++) {
      counters.add(new Counter(round + "-" + i));
    }
  }

  @Override
  public String definition() {
    return CounterModel.DEFINITION;
  }

  @Override
  public long done() {
    return done.get();
  }

  @Override
  public void work(Caller caller, Stop stop) throws InterruptedException {
    Random random = caller.random();
    while (!stop.asked()) {
      Counter counter = counters.get(random.nextInt(counters.size()));
      boolean answered = once(caller, counter, random.nextInt(100), stop);
      if (!answered) {
        stop.pause(random.nextInt(REFUSED_PAUSE_MS_MAX));
      }
    }
  }

  /// Does one thing, and returns whether there was an answer.
  private boolean once(Caller caller, Counter counter, int dice, Stop stop)
      throws InterruptedException {
    if (dice < 30) {
      return read(caller, counter);
    } else if (dice < 55) {
      Counter.Move move = counter.begin(Kind.NEXT, Asked.ANY, Counter.Way.SAFE_CALL);
      return persist(caller, new Open(counter, move), stop);
    } else if (dice < 60) {
      Counter.Move move = counter.begin(Kind.NEXT, Asked.ANY, Counter.Way.SAFE_SEND);
      return persist(caller, new Open(counter, move), stop);
    } else if (dice < 65) {
      return ask(caller, counter, counter.begin(Kind.NEXT, Asked.ANY, Counter.Way.SEND));
    } else if (dice < 75) {
      return ask(caller, counter, counter.begin(Kind.NEXT, counter.lastSeen(), Counter.Way.CALL));
    }
    Kind kind = dice < 85 ? Kind.NEXT : dice < 93 ? Kind.UP : Kind.DOWN;
    return ask(caller, counter, counter.begin(kind, Asked.ANY, Counter.Way.CALL));
  }

  private boolean read(Caller caller, Counter counter) throws InterruptedException {
    History<Asked, Seen>.Call call = counter.beginRead();
    Answer answer = caller.get(counter.path());
    if (!answer.is(Answer.Kind.DONE)) {
      call.withdrawn();
      expected(answer, "read of " + counter.key(), answer.is(Answer.Kind.REFUSED));
      return false;
    }
    JsonNode body = answer.json();
    long version = body.path("version").asLong();
    counter.saw(version);
    call.returned(new Seen.At(version, body.path("data").path("name").asString("")));
    String state = version % 2 == 1 ? "odd" : "even";
    findings.expect(
        body.path("state").asString("").equals(state), () -> answer + ": state and version differ");
    reads.incrementAndGet();
    return true;
  }

  /// Asks until there is an answer or all stop; in the latter case it is left open.
  private boolean persist(Caller caller, Open one, Stop stop) throws InterruptedException {
    while (!ask(caller, one.counter(), one.move())) {
      if (stop.pause(caller.random().nextInt(REFUSED_PAUSE_MS_MAX))) {
        open.add(one);
        return false;
      }
    }
    return true;
  }

  /// Asks once, and returns whether the outcome is known.
  private boolean ask(Caller caller, Counter counter, Counter.Move move)
      throws InterruptedException {
    Answer answer = send(caller, counter, move);
    switch (answer.kind()) {
      case DONE -> {
        move.answer = answer;
        done.incrementAndGet();
        if (!move.way.sends()) {
          call(counter, move, answer);
        }
      }
      case REFUSED -> refused(move, answer);
      case NOTHING -> {
        if (!move.way.safe()) {
          move.answer = answer;
          move.call.withdrawn();
        }
      }
      case UNKNOWN -> {
        unknown.incrementAndGet();
        expected(answer, move.asked.name(), answer.status() >= 500 && answer.status() != 503);
      }
    }
    return answer.is(Answer.Kind.DONE) || answer.is(Answer.Kind.REFUSED);
  }

  static Answer send(Caller caller, Counter counter, Counter.Move move)
      throws InterruptedException {
    String path =
        counter.path() + "/" + move.asked.kind().name().toLowerCase(java.util.Locale.ROOT);
    var headers = new ArrayList<String>();
    if (move.way.safe()) {
      headers.addAll(List.of("Idempotency-Key", move.asked.name()));
    }
    if (move.asked.expected() != Asked.ANY) {
      headers.addAll(List.of("If-Match", "\"" + move.asked.expected() + "\""));
    }
    return caller.post(
        path + (move.way.sends() ? "/send" : ""), move.body(), headers.toArray(String[]::new));
  }

  private void call(Counter counter, Counter.Move move, Answer answer) {
    String name = answer.json().path("name").asString("");
    String version = answer.header("Detent-Version");
    boolean right = name.equals(move.asked.name()) && !version.isEmpty();
    findings.expect(
        right, () -> move.asked + ": expected its own name and a version, got " + answer);
    if (right) {
      counter.saw(Long.parseLong(version));
      move.call.returned(new Seen.At(Long.parseLong(version), name));
    }
  }

  private void refused(Counter.Move move, Answer answer) {
    move.answer = answer;
    refused.incrementAndGet();
    @Nullable Seen seen = null;
    if (answer.status() == 409) {
      seen = new Seen.NotAllowed(answer.json().path("state").asString(""));
    } else if (answer.status() == 412) {
      seen = new Seen.OtherVersion();
    }
    if (seen == null) {
      findings.add(move.asked + ": unexpected answer " + answer);
    } else {
      move.call.returned(seen);
    }
  }

  private void expected(Answer answer, String what, boolean wrong) {
    findings.expect(!wrong, () -> what + ": unexpected answer " + answer);
  }

  @Override
  public void settle(Caller caller, Stop stop) throws InterruptedException {
    for (Open one = open.poll(); one != null && !stop.asked(); one = open.poll()) {
      if (!persist(caller, one, stop)) {
        findings.add(one.move().asked + ": no answer though all should be well");
      }
    }
  }

  @Override
  public void check(Caller caller, Stop stop) throws InterruptedException {
    for (Counter counter : counters) {
      new CounterCheck(counter, findings).run(caller, stop);
    }
  }

  @Override
  public void compare(Follower feed) {
    for (Counter counter : counters) {
      long seen = feed.seen("counter", counter.key());
      findings.expect(
          seen == counter.lastSeen(),
          () ->
              counter.key()
                  + ": the feed has "
                  + seen
                  + " events, its history has "
                  + counter.lastSeen());
    }
  }

  @Override
  public String summary() {
    return "%,d moves and %,d reads done, %,d refused, %,d without outcome"
        .formatted(done.get(), reads.get(), refused.get(), unknown.get());
  }
}
