// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Looks at transactions where the bytes matter, and at what undoes them.
class TransactionsTest {
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

  private static void expect(RespClient client, String... answers) throws IOException {
    for (String answer : answers) {
      assertThat(client.read()).isEqualTo(answer);
    }
  }

  @Test
  void answersSubscriptionsInAnOldTransactionAsRedisDoes() throws IOException {
    try (var client = door.client()) {
      client.send("MULTI").send("SUBSCRIBE", "a", "b").send("PING").send("UNSUBSCRIBE", "a");
      client.send("EXEC").send("PING").send("GET", "x").send("QUIT");
      assertThat(client.rest())
          .isEqualTo(
              """
              +OK
              +QUEUED
              +QUEUED
              +QUEUED
              *3
              *3
              $9
              subscribe
              $1
              a
              :1
              *3
              $9
              subscribe
              $1
              b
              :2
              *2
              $4
              pong
              $0

              *3
              $11
              unsubscribe
              $1
              a
              :1
              *2
              $4
              pong
              $0

              -ERR Can't execute 'get': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT /\
               RESET are allowed in this context
              +OK
              """
                  .replace("\n", "\r\n"));
    }
  }

  @Test
  void tellsNothingOfAChannelThatWasLeftInTheSameBreath() throws IOException {
    try (var client = door.client();
        var listener = door.client()) {
      assertThat(listener.ask("SUBSCRIBE", "detent:redis")).startsWith("[\"subscribe\"");
      client.send("SUBSCRIBE", "detent:redis").send("UNSUBSCRIBE", "detent:redis");
      expect(client, "[\"subscribe\", \"detent:redis\", (integer) 1]");
      expect(client, "[\"unsubscribe\", \"detent:redis\", (integer) 0]");
      client.send("MULTI").send("SUBSCRIBE", "detent:redis").send("UNSUBSCRIBE").send("EXEC");
      expect(client, "OK", "QUEUED", "QUEUED");
      assertThat(client.read()).contains("[\"unsubscribe\", \"detent:redis\", (integer) 0]");
      assertThat(client.ask("SM.SET", "k", MAP)).isEqualTo("OK");
      for (String state : new String[] {"b", "a", "b"}) {
        assertThat(listener.read()).startsWith("[\"message\"");
        assertThat(client.ask("SM.MUTATE", "k", state)).isEqualTo("OK");
      }
    }
  }

  @Test
  void tellsOfWhatATransactionCommitsAfterItSubscribed() throws IOException {
    try (var client = door.client();
        var modern = door.client();
        var other = door.client()) {
      client.send("SM.SET", "k", MAP).send("MULTI").send("SUBSCRIBE", "detent:redis");
      client.send("SM.MUTATE", "k", "b").send("EXEC");
      expect(client, "OK", "OK", "QUEUED", "QUEUED");
      assertThat(client.read()).isEqualTo("[[\"subscribe\", \"detent:redis\", (integer) 1], OK]");
      assertThat(client.read())
          .startsWith("[\"message\", \"detent:redis\", ")
          .contains("\"version\":2");

      assertThat(modern.ask("HELLO", "3")).startsWith("%");
      modern.send("MULTI").send("SM.MUTATE", "k", "a").send("PSUBSCRIBE", "detent:*").send("EXEC");
      expect(modern, "OK", "QUEUED", "QUEUED");
      expect(modern, "[OK, >[\"psubscribe\", \"detent:*\", (integer) 1]]");
      assertThat(other.ask("SM.MUTATE", "k", "b")).isEqualTo("OK");
      assertThat(modern.read()).contains("\"version\":4");
    }
  }

  @Test
  void refusesWhatASubscriberMayNotDoByTheWholeNameOfTheCommand() throws IOException {
    try (var client = door.client()) {
      assertThat(client.ask("SUBSCRIBE", "a")).startsWith("[\"subscribe\"");
      assertThat(client.ask("CLIENT", "ID"))
          .startsWith("(error) ERR Can't execute 'client|id': only (P|S)SUBSCRIBE");
      assertThat(client.ask("CLIENT", "NOPE"))
          .isEqualTo("(error) ERR unknown subcommand 'NOPE'. Try CLIENT HELP.");
      assertThat(client.ask("RESET")).isEqualTo("RESET");
      assertThat(client.ask("PING")).isEqualTo("PONG");
    }
  }

  @Test
  void undoesEverythingWhereAFlushHasTooManyKeysForOneTransaction() throws IOException {
    try (var client = door.client()) {
      int keys = 10_001;
      for (int i = 0; i < keys; i++) {
        client.send("SET", "k" + i, "v");
      }
      for (int i = 0; i < keys; i++) {
        expect(client, "OK");
      }
      client.send("MULTI").send("SM.CREATE", "made").send("FLUSHALL").send("EXEC");
      expect(client, "OK", "QUEUED", "QUEUED");
      expect(
          client,
          "(error) ERR transaction: expected at most 10000 keys to delete, got more; flush outside"
              + " of it");
      assertThat(client.ask("DBSIZE")).isEqualTo("(integer) " + keys);
      assertThat(client.ask("DEL", "k0")).isEqualTo("(integer) 1");
      client.send("MULTI").send("SM.CREATE", "made").send("FLUSHALL").send("EXEC");
      expect(client, "OK", "QUEUED", "QUEUED");
      assertThat(client.read()).startsWith("(error) ERR transaction: expected at most 10000 keys");
      assertThat(client.ask("DEL", "k1")).isEqualTo("(integer) 1");
      client.send("MULTI").send("SM.CREATE", "made").send("FLUSHALL").send("EXEC");
      expect(client, "OK", "QUEUED", "QUEUED", "[OK, OK]");
      assertThat(client.ask("DBSIZE")).isEqualTo("(integer) 0");
    }
  }
}
