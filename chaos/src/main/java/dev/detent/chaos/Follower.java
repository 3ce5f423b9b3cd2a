// SPDX-License-Identifier: Apache-2.0
package dev.detent.chaos;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// Reads the feed of all events while faults strike, and checks that each partition's offsets and
/// each key's versions come in order and without gaps.
///
/// **Threads**: one at a time.
final class Follower {
  private static final int PAUSE_MS = 100;

  private final Findings findings;
  private final Map<Long, Long> offsets = new HashMap<>();
  private final Map<String, Long> versions = new HashMap<>();
  private String after = "";

  Follower(Findings findings) {
    this.findings = findings;
  }

  /// Reads until all stop.
  void run(Caller caller, Stop stop) throws InterruptedException {
    while (!stop.asked()) {
      if (page(caller) == 0) {
        stop.pause(PAUSE_MS);
      }
    }
  }

  /// Reads to the end of the feed.
  ///
  /// @param stop ends it when it takes too long
  void finish(Caller caller, Stop stop) throws InterruptedException {
    int read = page(caller);
    while (read != 0 && !stop.asked()) {
      if (read < 0) {
        stop.pause(PAUSE_MS);
      }
      read = page(caller);
    }
    findings.expect(!stop.asked(), () -> "the feed of events could not be read in time");
  }

  /// Returns how many events of a key were seen.
  long seen(String machine, String key) {
    return versions.getOrDefault(machine + "/" + key, 0L);
  }

  /// Returns how many events were seen.
  long seen() {
    return offsets.values().stream().mapToLong(Long::longValue).sum();
  }

  /// Reads a page, and returns how many events it has, or -1 if there was none.
  private int page(Caller caller) throws InterruptedException {
    Answer answer = caller.get("/api/events?limit=1000" + after);
    if (!answer.is(Answer.Kind.DONE)) {
      findings.expect(!answer.is(Answer.Kind.REFUSED), () -> "the feed of events: " + answer);
      return -1;
    }
    JsonNode page = answer.json();
    List<JsonNode> events = new ArrayList<>(page.path("events").valueStream().toList());
    events.forEach(this::take);
    after = Caller.after(page);
    return events.size();
  }

  private void take(JsonNode event) {
    long offset = event.path("offset").asLong();
    long version = event.path("version").asLong();
    String key = event.path("machine").asString("") + "/" + event.path("key").asString("");
    long offsetExpected = offsets.merge(event.path("partition").asLong(), 1L, Long::sum);
    long versionExpected = versions.merge(key, 1L, Long::sum);
    findings.expect(offset == offsetExpected, () -> event + ": expected offset " + offsetExpected);
    findings.expect(
        version == versionExpected, () -> event + ": expected version " + versionExpected);
  }
}
