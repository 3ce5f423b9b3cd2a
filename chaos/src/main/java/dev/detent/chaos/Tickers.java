// SPDX-License-Identifier: Apache-2.0
package dev.detent.chaos;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/// Has a few keys move by timeouts all the time, disturbed by clients, and checks that no timeout
/// fires early, twice, or after its state was left, and that none is forgotten.
final class Tickers implements Workload {
  private static final long TICK_MS = 200;
  private static final String DEFINITION =
      """
      {"id":"ticker","initial":"idle","states":{
        "idle":{"on":{"start":"tick"}},
        "tick":{"on":{"again":"tick","stop":"idle"},"after":{"200ms":"tock"}},
        "tock":{"on":{"again":"tock","stop":"idle"},"after":{"200ms":"tick"}}}}
      """;

  private final List<String> paths;
  private final Findings findings;
  private final AtomicLong fired = new AtomicLong();
  private final AtomicLong latest = new AtomicLong();

  /// @param round makes the keys
  /// @param keys how many
  Tickers(int round, int keys, Findings findings) {
    this.paths = IntStream.range(0, keys).mapToObj(i -> "/ticker/" + round + "-" + i).toList();
    this.findings = findings;
  }

  @Override
  public String definition() {
    return DEFINITION;
  }

  @Override
  public long done() {
    return 0; // Timeouts say nothing of what clients get done.
  }

  @Override
  public void work(Caller caller, Stop stop) throws InterruptedException {
    Random random = caller.random();
    while (!stop.pause(random.nextInt((int) TICK_MS))) {
      String path = paths.get(random.nextInt(paths.size()));
      int dice = random.nextInt(10);
      caller.post(path + (dice < 6 ? "/start" : dice < 9 ? "/again" : "/stop"), "");
    }
  }

  @Override
  public void settle(Caller caller, Stop stop) throws InterruptedException {
    for (String path : paths) {
      JsonNode before = read(caller, path, stop);
      long started = System.nanoTime();
      while (runs(before) && read(caller, path, stop).equals(before) && !stop.asked()) {
        stop.pause(TICK_MS / 10);
      }
      latest.accumulateAndGet((System.nanoTime() - started) / 1_000_000, Math::max);
      while (runs(read(caller, path, stop)) && !stop.asked()) {
        caller.post(path + "/stop", "");
      }
      findings.expect(!stop.asked(), () -> path + ": a timeout was forgotten: " + before);
    }
  }

  private static JsonNode read(Caller caller, String path, Stop stop) throws InterruptedException {
    Answer answer = caller.get(path);
    while (!answer.is(Answer.Kind.DONE) && !stop.pause(TICK_MS / 10)) {
      answer = caller.get(path);
    }
    return answer.json();
  }

  private static boolean runs(JsonNode instance) {
    return !instance.path("state").asString("").equals("idle");
  }

  @Override
  public void check(Caller caller, Stop stop) throws InterruptedException {
    for (String path : paths) {
      String state = "idle";
      String at = "";
      long version = 0;
      for (JsonNode event : caller.events(path + "/history?limit=1000", stop)) {
        version++;
        check(event, state, version);
        if (event.path("command").isNull()) {
          inTime(event, at);
        }
        state = event.path("to").asString("");
        at = event.path("at").asString("");
      }
    }
  }

  private void check(JsonNode event, String state, long version) {
    boolean right =
        event.path("version").asLong() == version
            && event.path("from").asString("idle").equals(state);
    findings.expect(right, () -> event + ": expected version " + version + " from " + state);
  }

  private void inTime(JsonNode event, String entered) {
    fired.incrementAndGet();
    Duration after =
        Duration.between(Instant.parse(entered), Instant.parse(event.path("at").asString("")));
    findings.expect(
        after.toMillis() >= TICK_MS, () -> event + ": fired early, it was entered at " + entered);
  }

  @Override
  public void compare(Follower feed) {
    // The feed compares versions itself, and nothing is told to clients here.
  }

  @Override
  public String summary() {
    return "%,d timeouts; when all was well again, the latest moved after %d ms"
        .formatted(fired.get(), latest.get());
  }
}
