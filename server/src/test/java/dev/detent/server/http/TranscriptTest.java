// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Plays every transcript against a fresh server, over bare sockets.
class TranscriptTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "instances.txt",
        "java.txt",
        "idempotency.txt",
        "invocations.txt",
        "preconditions.txt",
        "machines.txt",
        "events.txt",
        "plain.txt",
        "refused.txt"
      })
  void answersAsTheTranscriptSays(String name, @TempDir Path folder) throws IOException {
    var differences = new ArrayList<String>();
    try (var door = RunningDoor.open(folder)) {
      for (Transcript.Step step : Transcript.read(name).steps()) {
        differences.add(difference(step, door.port()));
      }
    }
    assertThat(differences).isNotEmpty().allMatch(String::isEmpty);
  }

  private static String difference(Transcript.Step step, int port) throws IOException {
    try (var client = new Wiretap(port)) {
      return step.differences(client.send(step.bytes()).response(!step.isHead()));
    }
  }
}
