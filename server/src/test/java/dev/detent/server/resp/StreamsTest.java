// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamsTest {
  private static final String MAP = "{\"initial\":\"a\",\"map\":{\"a\":[\"b\"],\"b\":[\"a\"]}}";
  private static final String STREAM = "detent:events:redis";
  private static final Pattern ENTRY =
      Pattern.compile("\\[\"(\\d+-\\d+)\", \\[\"id\", \"(\\d+-\\d+)\"");

  private RunningDoor door;

  @BeforeEach
  void open(@TempDir Path folder) {
    door = RunningDoor.open(folder);
  }

  @AfterEach
  void close() {
    door.close();
  }

  @Test
  void commitsATransactionOnlyIfNothingThatIsWatchedHasChanged() throws IOException {
    try (var client = door.client();
        var other = door.client()) {
      assertThat(client.ask("SM.SET", "k", MAP)).isEqualTo("OK");
      assertThat(client.ask("WATCH", "k", "new")).isEqualTo("OK");
      assertThat(other.ask("SM.MUTATE", "k", "b")).isEqualTo("OK");
      client.send("MULTI").send("SM.MUTATE", "k", "a").send("SM.CREATE", "new").send("EXEC");
      for (String answer : List.of("OK", "QUEUED", "QUEUED", "(nil)")) {
        assertThat(client.read()).isEqualTo(answer);
      }
      assertThat(client.ask("EXISTS", "new")).isEqualTo("(integer) 0");
      client.send("WATCH", "k", "new").send("MULTI");
      client.send("SM.MUTATE", "k", "a").send("SM.CREATE", "new").send("EXEC");
      for (String answer : List.of("OK", "OK", "QUEUED", "QUEUED", "[OK, OK]")) {
        assertThat(client.read()).isEqualTo(answer);
      }
      assertThat(other.ask("SM.STATE", "k")).isEqualTo("[\"a\"]");
      assertThat(other.ask("SM.MUTATE", "k", "b")).isEqualTo("OK");
      assertThat(client.ask("SM.STATE", "k")).isEqualTo("[\"b\"]");
    }
  }

  @Test
  void waitsForEventsAndGoesOnAfterAnId() throws IOException {
    try (var client = door.client();
        var reader = door.client()) {
      assertThat(client.ask("SM.SET", "k", MAP)).isEqualTo("OK");
      String first = reader.ask("XREAD", "COUNT", "1", "STREAMS", STREAM, "0");
      var matcher = ENTRY.matcher(first);
      assertThat(matcher.find()).isTrue();
      String id = matcher.group(1);
      assertThat(reader.ask("XREAD", "STREAMS", STREAM, id)).isEqualTo("(nil)");
      reader.send("XREAD", "BLOCK", "20000", "STREAMS", STREAM, id);
      assertThat(client.ask("SM.MUTATE", "k", "b")).isEqualTo("OK");
      assertThat(reader.read()).contains("\"version\", \"2\"").doesNotContain("\"version\", \"1\"");
      assertThat(reader.ask("XREAD", "BLOCK", "1", "STREAMS", STREAM, "$")).isEqualTo("(nil)");
      assertThat(client.ask("SM.MUTATE", "k", "a")).isEqualTo("OK");
      assertThat(reader.ask("XRANGE", STREAM, "(" + id, "+", "COUNT", "1"))
          .contains("\"version\", \"2\"")
          .doesNotContain("\"version\", \"3\"");
    }
  }

  @Test
  void readsEveryEventOnceFromManyKeysAndAfterARestart(@TempDir Path folder) throws IOException {
    var seen = new TreeSet<String>();
    String id = "0";
    try (var first = RunningDoor.open(folder);
        var client = first.client()) {
      for (int i = 0; i < 300; i++) {
        client.send("SM.SET", "k" + i, MAP);
      }
      for (int i = 0; i < 300; i++) {
        assertThat(client.read()).isEqualTo("OK");
      }
      id = read(first, id, 100, seen);
    }
    try (var second = RunningDoor.open(folder);
        var client = second.client()) {
      id = read(second, id, 300, seen);
      assertThat(client.ask("XREAD", "STREAMS", STREAM, id)).isEqualTo("(nil)");
    }
  }

  private static String read(RunningDoor door, String from, int wanted, TreeSet<String> seen)
      throws IOException {
    String id = from;
    try (var reader = door.client()) {
      while (seen.size() < wanted) {
        var matcher =
            ENTRY.matcher(
                reader.ask("XREAD", "BLOCK", "20000", "COUNT", "7", "STREAMS", STREAM, id));
        while (matcher.find()) {
          id = matcher.group(1);
          assertThat(seen.add(matcher.group(2))).isTrue();
        }
      }
    }
    return id;
  }
}
