// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.server.door.Metrics;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProtocolTest {
  private static final String MAP = "{\"initial\":\"a\",\"map\":{\"a\":[\"b\"],\"b\":[\"a\"]}}";

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
  void answersAPipelineInOrderAndSeesItsOwnWrites() throws IOException {
    try (var client = door.client()) {
      for (int i = 0; i < 500; i++) {
        client.send("SM.SET", "k" + i, MAP);
        client.send("SM.MUTATE", "k" + i, "b");
        client.send("SM.STATE", "k" + i);
        client.send("ECHO", "e" + i);
      }
      client.send("DBSIZE").send("DEL", "k0", "k1").send("DBSIZE").send("SM.GET", "k0");
      client.send("FLUSHALL").send("EXISTS", "k2").send("KEYS", "*");
      for (int i = 0; i < 500; i++) {
        assertThat(client.read()).isEqualTo("OK");
        assertThat(client.read()).isEqualTo("OK");
        assertThat(client.read()).isEqualTo("[\"b\"]");
        assertThat(client.read()).isEqualTo("\"e" + i + "\"");
      }
      assertThat(client.read()).isEqualTo("(integer) 500");
      assertThat(client.read()).isEqualTo("(integer) 2");
      assertThat(client.read()).isEqualTo("(integer) 498");
      assertThat(client.read()).isEqualTo("(nil)");
      assertThat(client.read()).isEqualTo("OK");
      assertThat(client.read()).isEqualTo("(integer) 0");
      assertThat(client.read()).isEqualTo("[]");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          *3CRLF$3CRLFSETCRLF:3CRLF | -ERR Protocol error: expected '$', got ':'
          *xCRLF                    | -ERR Protocol error: invalid multibulk length
          *1CRLF$xCRLF              | -ERR Protocol error: invalid bulk length
          *01CRLF                   | -ERR Protocol error: invalid multibulk length
          *1CRLF$04CRLFPINGCRLF     | -ERR Protocol error: invalid bulk length
          *1CRLF$-5CRLF             | -ERR Protocol error: invalid bulk length
          *1CRLF$1048577CRLF        | -ERR Protocol error: invalid bulk length
          *2000000CRLF              | -ERR Protocol error: invalid multibulk length
          "unbalancedCRLF           | -ERR Protocol error: unbalanced quotes in request
          """)
  void answersWhatCanNotBeReadAsRedisDoesAndCloses(String sent, String answer) throws IOException {
    try (var client = door.client()) {
      client.raw("PING\r\n" + sent.replace("CRLF", "\r\n"));
      assertThat(client.rest()).isEqualTo("+PONG\r\n" + answer + "\r\n");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 7, 11, 1_000})
  void readsCommandsInWhateverPiecesTheyCome(int pieceChars) throws IOException {
    String sent =
        "*2\r\n$4\r\nECHO\r\n$0\r\n\r\n*0\r\nPING 'a b'\r\n*-1\r\n"
            + "*2\r\n$4\r\nECHO\r\n$12\r\n*1\r\n$4\r\nPING\r\nPING\n*1\r\n$4\r\nQUIT\r\n";
    try (var client = door.client()) {
      for (int i = 0; i < sent.length(); i += pieceChars) {
        client.raw(sent.substring(i, Math.min(sent.length(), i + pieceChars)));
      }
      assertThat(client.rest())
          .isEqualTo("$0\r\n\r\n$3\r\na b\r\n$12\r\n*1\r\n$4\r\nPING\r\n+PONG\r\n+OK\r\n");
    }
  }

  @Test
  void refusesAnEndlessLine() throws IOException {
    try (var client = door.client()) {
      client.raw("a".repeat(RespParser.LINE_BYTES_MAX + 1));
      assertThat(client.rest()).isEqualTo("-ERR Protocol error: too big inline request\r\n");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET / HTTP/1.1CRLFHost: aCRLFCRLF",
    "POST /redis/k/create HTTP/1.1CRLFHost: aCRLFContent-Length: 14CRLFCRLFSM.CREATE kCRLF",
    "POST / HTTP/2.0CRLFSM.CREATE kCRLF",
    "Host: aCRLFSM.CREATE kCRLF"
  })
  void closesOnWhatABrowserSends(String sent) throws IOException {
    try (var client = door.client()) {
      client.raw(sent.replace("CRLF", "\r\n"));
      assertThat(client.rest()).isEmpty();
    }
    try (var client = door.client()) {
      assertThat(client.ask("DBSIZE")).isEqualTo("(integer) 0");
    }
  }

  @Test
  void takesNamesAndDocumentsUpToTheirLimitsAndRefusesTheRestInWords() throws IOException {
    try (var client = door.client()) {
      String large = "x".repeat(RespParser.BULK_BYTES_MAX);
      assertThat(client.ask("SM.SET", "k", MAP)).isEqualTo("OK");
      assertThat(client.ask("SM.MUTATE", "k", large))
          .isEqualTo(
              "(error) ERR /state: expected at most 64 bytes of UTF-8 without control characters,"
                  + " got 1048576 bytes");
      assertThat(client.ask("SM.MUTATE", "k", "b", large)).isEqualTo("OK");
      assertThat(client.ask("SM.GET", "k", "REASON")).hasSize(large.length() + 2);
      assertThat(client.ask("SM.GET", large)).startsWith("(error) ERR key: expected 1 to 256");
      String padded = MAP + " ".repeat(RespParser.DOCUMENT_BYTES_MAX - MAP.length());
      assertThat(client.ask("SM.SET", "k", padded)).isEqualTo("OK");
      client.raw("*3\r\n$6\r\nSM.SET\r\n$1\r\nk\r\n$" + (padded.length() + 1) + "\r\n");
      assertThat(client.rest()).isEqualTo("-ERR Protocol error: invalid bulk length\r\n");
    }
  }

  @Test
  void letsNobodyInWithoutTheToken(@TempDir Path folder) throws IOException {
    try (var guarded = RunningDoor.open(folder, options -> options.withToken("secret"));
        var client = guarded.client()) {
      assertThat(client.ask("SM.GET", "k")).isEqualTo("(error) NOAUTH Authentication required.");
      assertThat(client.ask("HELLO", "3")).startsWith("(error) NOAUTH HELLO must be called");
      assertThat(client.ask("AUTH", "wrong")).startsWith("(error) WRONGPASS");
      assertThat(client.ask("AUTH", "me", "secret")).startsWith("(error) WRONGPASS");
      assertThat(client.ask("HELLO", "3", "AUTH", "default", "secret")).startsWith("%");
      assertThat(client.ask("SM.GET", "k")).isEqualTo("(nil)");
      assertThat(client.ask("RESET")).isEqualTo("RESET");
      assertThat(client.ask("SM.GET", "k")).isEqualTo("(error) NOAUTH Authentication required.");
      assertThat(client.ask("AUTH", "secret")).isEqualTo("OK");
      client.send("QUIT");
      assertThat(client.rest()).isEqualTo("+OK\r\n");
    }
  }

  @Test
  void holdsNoMoreThanTenPartsOfAStranger(@TempDir Path folder) throws IOException {
    try (var guarded = RunningDoor.open(folder, options -> options.withToken("secret"));
        var client = guarded.client()) {
      client.raw("*11\r\n");
      assertThat(client.rest())
          .isEqualTo("-ERR Protocol error: unauthenticated multibulk length\r\n");
    }
  }

  @Test
  void refusesOneConnectionTooMany(@TempDir Path folder) throws IOException {
    try (var small = RunningDoor.open(folder, options -> options.withConnectionsMax(1));
        var first = small.client()) {
      assertThat(first.ask("PING")).isEqualTo("PONG");
      try (var second = small.client()) {
        assertThat(second.rest()).isEqualTo("-ERR max number of clients reached\r\n");
      }
    }
  }

  @Test
  void tellsSubscribersOfTransitionsAsTheyAreCommitted() throws IOException {
    try (var client = door.client();
        var listener = door.client();
        var modern = door.client()) {
      assertThat(client.ask("SM.SET", "k", MAP)).isEqualTo("OK");
      assertThat(listener.ask("SUBSCRIBE", "detent:redis", "detent:other"))
          .isEqualTo("[\"subscribe\", \"detent:redis\", (integer) 1]");
      assertThat(listener.read()).isEqualTo("[\"subscribe\", \"detent:other\", (integer) 2]");
      assertThat(modern.ask("HELLO", "3")).startsWith("%");
      assertThat(modern.ask("PSUBSCRIBE", "detent:*"))
          .isEqualTo(">[\"psubscribe\", \"detent:*\", (integer) 1]");
      assertThat(listener.ask("GET", "k"))
          .startsWith("(error) ERR Can't execute 'get': only (P|S)");
      assertThat(listener.ask("PING")).isEqualTo("[\"pong\", \"\"]");
      assertThat(client.ask("SM.MUTATE", "k", "b")).isEqualTo("OK");
      assertThat(listener.read())
          .startsWith("[\"message\", \"detent:redis\", \"{\"id\":")
          .contains("\"version\":2,\"command\":\"mutate\",\"from\":\"a\",\"to\":\"b\"");
      assertThat(modern.read()).startsWith(">[\"pmessage\", \"detent:*\", \"detent:redis\", ");
      assertThat(modern.ask("SM.STATE", "k")).isEqualTo("[\"b\"]");
      assertThat(listener.ask("UNSUBSCRIBE"))
          .isEqualTo("[\"unsubscribe\", \"detent:redis\", (integer) 1]");
      assertThat(listener.read()).isEqualTo("[\"unsubscribe\", \"detent:other\", (integer) 0]");
      assertThat(listener.ask("PUNSUBSCRIBE")).isEqualTo("[\"punsubscribe\", (nil), (integer) 0]");
      assertThat(listener.ask("SM.STATE", "k")).isEqualTo("[\"b\"]");
    }
  }

  @Test
  void countsConnectionsCommandsAndErrors() throws IOException {
    var metrics = new Metrics();
    door.door.measure(metrics);
    try (var client = door.client()) {
      assertThat(client.ask("PING")).isEqualTo("PONG");
      assertThat(client.ask("NOSUCH")).startsWith("(error)");
      assertThat(client.ask("SM.SET", "k", "{")).startsWith("(error)");
      assertThat(metrics.scrape())
          .contains("detent_redis_connections 1.0")
          .contains("detent_redis_commands_total 3.0")
          .contains("detent_redis_errors_total 2.0");
    }
  }

  @Test
  void cutsASubscriberOffThatDoesNotRead(@TempDir Path folder) throws IOException {
    String reason = "r".repeat(512 << 10);
    try (var small = RunningDoor.open(folder, options -> options.withUnsentBytesMax(1 << 20));
        var client = small.client();
        var listener = small.client()) {
      assertThat(listener.ask("SUBSCRIBE", "detent:redis")).startsWith("[\"subscribe\"");
      assertThat(client.ask("SM.SET", "k", MAP)).isEqualTo("OK");
      String list = client.ask("CLIENT", "LIST", "TYPE", "pubsub");
      for (int i = 0; i < 400 && list.contains("sub=1"); i++) {
        assertThat(client.ask("SM.MUTATE", "k", i % 2 == 0 ? "b" : "a", reason)).isEqualTo("OK");
        list = client.ask("CLIENT", "LIST", "TYPE", "pubsub");
      }
      assertThat(list).isEqualTo("\"\"");
    }
  }
}
