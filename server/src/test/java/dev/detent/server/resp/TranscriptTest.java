// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Plays every transcript against a fresh server.
///
/// A line that begins with `>` is a command, sent inline; the line after it is what must come back,
/// as `redis-cli` shows it; `…` stands for any text. Anything else is a comment.
class TranscriptTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "seed.txt",
        "machines.txt",
        "strict.txt",
        "keys.txt",
        "connection.txt",
        "calls.txt",
        "transactions.txt",
        "streams.txt"
      })
  void answersAsTheTranscriptSays(String name, @TempDir Path folder) throws IOException {
    var differences = new ArrayList<String>();
    int steps = 0;
    try (var door = RunningDoor.open(folder);
        var client = door.client()) {
      List<String> lines = lines(name);
      for (int i = 0; i < lines.size(); i++) {
        if (!lines.get(i).startsWith("> ")) {
          continue;
        }
        steps++;
        String got = client.raw(lines.get(i).substring(2) + "\r\n").read();
        if (!fits(lines.get(i + 1), got)) {
          differences.add(name + ":" + (i + 1) + " " + lines.get(i) + "\n  " + got);
        }
      }
    }
    assertThat(differences).isEmpty();
    assertThat(steps).isPositive();
  }

  private static boolean fits(String expected, String got) {
    String[] parts = expected.split("…", -1);
    var pattern = new StringBuilder();
    for (int i = 0; i < parts.length; i++) {
      pattern.append(i == 0 ? "" : ".*").append(Pattern.quote(parts[i]));
    }
    return Pattern.compile(pattern.toString(), Pattern.DOTALL).matcher(got).matches();
  }

  private static List<String> lines(String name) throws IOException {
    try (InputStream in = TranscriptTest.class.getResourceAsStream(name)) {
      byte[] bytes = Objects.requireNonNull(in, name).readAllBytes();
      return new String(bytes, StandardCharsets.UTF_8).lines().toList();
    }
  }
}
