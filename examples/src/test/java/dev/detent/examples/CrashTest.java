// SPDX-License-Identifier: Apache-2.0
package dev.detent.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Lets processes that run handlers die, and starts them again on the same file.
@Timeout(300)
class CrashTest {
  /// A process dies in four of ten calls; so many deaths in a row do not happen.
  private static final int STARTS_MAX = 60;

  @TempDir Path folder;

  @Test
  void goesOnAfterAKillAndSleepsOnlyForTheRest() throws Exception {
    String id;
    JsonNode sleep;
    try (var first = start(Map.of("RESOURCE_SLEEP", "6s"))) {
      id = id(first.post("/resource/a/setUp/send").body());
      sleep = entry(first, id, 1);
      first.kill();
    }
    try (var second = start(Map.of("RESOURCE_SLEEP", "1h"))) {
      JsonNode answer = second.get("/api/invocations/" + id + "/result?wait=60s");
      JsonNode ended = second.get("/api/invocations/" + id);

      assertThat(sleep.get("kind").asString()).isEqualTo("sleep");
      assertThat(answer.asString()).isEqualTo("a is now UP");
      assertThat(ended.get("endedAt").asString())
          .isGreaterThanOrEqualTo(sleep.get("dueAt").asString());
      assertThat(second.get("/resource/a").get("version").asInt()).isEqualTo(1);
    }
    assertThat(log()).filteredOn(line -> line.endsWith("provision a: done")).hasSize(1);
  }

  @Test
  void comesThroughAllCrashesOfItsWork() throws Exception {
    int crashes = 0;
    String state = "DOWN";
    for (int i = 0; i < STARTS_MAX && !state.equals("UP"); i++) {
      try (var process = start(Map.of("CRASH_PROCESS", "true", "RESOURCE_SLEEP", "10ms"))) {
        state = setUp(process);
        if (!state.equals("UP")) {
          assertThat(process.exitCode()).isEqualTo(3);
          crashes++;
        }
      } catch (IOException e) {
        crashes++; // it died of what it took up before it was ready
      }
    }
    int died = crashes;
    assertThat(state).isEqualTo("UP");
    assertThat(log()).filteredOn(line -> line.contains("the process is gone")).hasSize(died);
    assertThat(log())
        .filteredOn(line -> line.matches(".* provision [a-e]: done"))
        .hasSizeGreaterThanOrEqualTo(5);
  }

  /// Sets five resources up, until the process dies or all are up.
  private static String setUp(ServedProcess process) throws InterruptedException {
    try {
      for (String key : List.of("a", "b", "c", "d", "e")) {
        String answer = process.post("/resource/" + key + "/setUp").body();
        assertThat(answer).isIn("\"" + key + " is now UP\"", "\"" + key + " is already UP\"");
      }
      return process.get("/resource/e/status").asString();
    } catch (IOException e) {
      return "DEAD";
    }
  }

  private ServedProcess start(Map<String, String> environment) throws IOException {
    return ServedProcess.start(folder, environment);
  }

  private List<String> log() throws IOException {
    return Files.readAllLines(folder.resolve("log.txt"));
  }

  private static String id(String accepted) {
    return accepted.replaceFirst(".*\"id\":\"([^\"]+)\".*", "$1");
  }

  /// Returns an entry of a journal, once it is there.
  private static JsonNode entry(ServedProcess process, String id, int index) throws Exception {
    JsonNode journal;
    do {
      JsonNode invocation = process.get("/api/invocations/" + id);
      assertThat(invocation.get("endedAt").isNull()).as("still running").isTrue();
      journal = invocation.get("journal");
    } while (journal.size() <= index);
    return journal.get(index);
  }
}
