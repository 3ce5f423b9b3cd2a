// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventStreamTest {
  private static final String ACCEPT = "Host: x\r\nAccept: text/event-stream\r\n";

  @Test
  void sendsWhatWasThenWhatComesAndResumesByItsLastId(@TempDir Path folder) throws IOException {
    try (var door = RunningDoor.open(folder)) {
      call(door, "turnstile/a/coin");
      List<String> seen;
      try (var stream = open(door, "/api/events", "")) {
        seen = new ArrayList<>(next(stream, 1));
        call(door, "turnstile/a/push");
        call(door, "odd/b/go");
        seen.addAll(next(stream, 2));
      }
      assertThat(seen.get(0)).contains("\"command\":\"coin\"");
      String lastId = seen.get(1).lines().findFirst().orElseThrow();
      call(door, "turnstile/a/coin");
      try (var stream = open(door, "/api/events", "Last-Event-ID: " + lastId + "\r\n")) {
        List<String> rest = next(stream, 2);
        assertThat(String.join("\n", rest))
            .as("what the first stream had not shown when its second event came")
            .contains("\"machine\":\"odd\"", "\"version\":3")
            .doesNotContain("\"version\":1,\"command\":\"coin\"");
      }
    }
  }

  @Test
  void showsOneInstanceOrOneMachineOnly(@TempDir Path folder) throws IOException {
    try (var door = RunningDoor.open(folder)) {
      for (int i = 0; i < 5; i++) {
        call(door, "turnstile/a/coin");
        call(door, "turnstile/b/coin");
        call(door, "odd/a/" + (i % 2 == 0 ? "go" : "back"));
      }
      try (var stream = open(door, "/api/events?machine=turnstile&key=a", "")) {
        List<String> seen = new ArrayList<>(next(stream, 5));
        call(door, "turnstile/b/coin");
        call(door, "turnstile/a/push");
        seen.addAll(next(stream, 1));
        assertThat(seen)
            .allMatch(event -> event.contains("\"machine\":\"turnstile\",\"key\":\"a\""));
        assertThat(seen.get(5)).contains("\"version\":6");
        String id = seen.get(2).lines().findFirst().orElseThrow();
        try (var again = open(door, "/api/events?machine=turnstile&key=a&after=" + id, "")) {
          assertThat(next(again, 1).get(0)).contains("\"version\":4");
        }
        String eventId = seen.get(3).replaceAll("(?s).*\"id\":\"([^\"]+)\".*", "$1");
        try (var again = open(door, "/api/events?machine=turnstile&key=a&after=" + eventId, "")) {
          assertThat(next(again, 1).get(0)).contains("\"version\":5");
        }
      }
      try (var stream = open(door, "/api/events?machine=odd", "")) {
        assertThat(next(stream, 5)).allMatch(event -> event.contains("\"machine\":\"odd\""));
      }
    }
  }

  @Test
  void saysThatItLivesWhileNothingComes(@TempDir Path folder) throws IOException {
    try (var door = RunningDoor.open(folder, options -> options.heartbeat(Duration.ofMillis(50)));
        var stream = open(door, "/api/events", "")) {
      assertThat(line(stream)).isEqualTo(": heartbeat");
      assertThat(line(stream)).isEqualTo(": heartbeat");
    }
  }

  @Test
  void waitsForASlowReaderAndThenSendsEverything(@TempDir Path folder) throws IOException {
    try (var door = RunningDoor.open(folder)) {
      String large = "{\"a\":\"" + "x".repeat(200_000) + "\"}";
      try (var slow = open(door, "/api/events", "")) {
        for (int i = 0; i < 60; i++) {
          call(door, "turnstile/" + i + "/coin", large);
        }
        List<String> seen = next(slow, 60);
        assertThat(seen).hasSize(60).allMatch(event -> event.length() > 200_000);
      }
    }
  }

  @Test
  void refusesOneStreamTooManyAndGivesItsPlaceBack(@TempDir Path folder) throws IOException {
    try (var door = RunningDoor.open(folder, options -> options.streamsMax(1))) {
      try (var first = open(door, "/api/events", "");
          var second = new Wiretap(door.port())) {
        Wiretap.Response got =
            second.send("GET /api/events HTTP/1.1\r\n" + ACCEPT + "\r\n").response();
        assertThat(got.status()).isEqualTo(503);
        assertThat(got.header("Retry-After")).isNotEmpty();
        assertThat(first).isNotNull();
      }
      int status = 503;
      while (status == 503) {
        try (var again = new Wiretap(door.port())) {
          status =
              again.send("GET /api/events HTTP/1.1\r\n" + ACCEPT + "\r\n").response(false).status();
        }
      }
      assertThat(status).isEqualTo(200);
    }
  }

  private static void call(RunningDoor door, String path) throws IOException {
    call(door, path, "");
  }

  private static void call(RunningDoor door, String path, String body) throws IOException {
    try (var client = new Wiretap(door.port())) {
      String head = "POST /" + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: ";
      client.send(head + body.length() + "\r\n\r\n" + body);
      assertThat(client.response().status()).isEqualTo(200);
    }
  }

  private static Wiretap open(RunningDoor door, String path, String headers) throws IOException {
    var stream = new Wiretap(door.port());
    stream.send("GET " + path + " HTTP/1.1\r\n" + ACCEPT + headers + "\r\n");
    Wiretap.Response head = stream.response(false);
    assertThat(head.status()).isEqualTo(200);
    assertThat(head.header("Content-Type")).isEqualTo("text/event-stream");
    assertThat(head.header("Transfer-Encoding")).isEqualTo("chunked");
    assertThat(line(stream)).isEqualTo(": open");
    return stream;
  }

  /// Returns events: the id, a line break, the data. Heartbeats are left out.
  private static List<String> next(Wiretap stream, int count) throws IOException {
    var events = new ArrayList<String>();
    String id = "";
    while (events.size() < count) {
      String line = line(stream);
      if (line.startsWith("id: ")) {
        id = line.substring(4);
      } else if (line.startsWith("data: ")) {
        events.add(id + "\n" + line.substring(6));
      }
    }
    return events;
  }

  /// Returns the next line that is not empty and not the size of a chunk.
  private static String line(Wiretap stream) throws IOException {
    String line = stream.line();
    while (line.isEmpty() || line.matches("[0-9a-f]{1,6}")) {
      line = stream.line();
    }
    return line;
  }
}
