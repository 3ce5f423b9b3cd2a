// SPDX-License-Identifier: Apache-2.0
package dev.detent.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.Key;
import dev.detent.codec.Json;
import dev.detent.engine.Engine;
import dev.detent.engine.Precondition;
import dev.detent.engine.Reply;
import dev.detent.engine.Request;
import dev.detent.machine.Machine;
import dev.detent.sql.SqlStore;
import dev.detent.store.EventRow;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(240)
class EventLogTest {
  private static final String LOOP =
      "{\"initial\":\"a\",\"states\":{\"a\":{\"on\":{\"go\":\"a\"}}}}";

  @TempDir Path folder;
  private Engine engine;

  @BeforeEach
  void start() {
    engine =
        Engine.builder(SqlStore.sqlite(folder.resolve("log.db")).open())
            .machine(Machine.parse("one", Json.parse(LOOP)))
            .machine(Machine.parse("two", Json.parse(LOOP)))
            .start();
  }

  @AfterEach
  void stop() {
    engine.close();
  }

  @Test
  void readsEveryEventOnceAndThoseOfAKeyInOrder() {
    go("one", 30, 4);
    go("two", 20, 3);
    var seen = new ArrayList<EventRow>();
    Cursor cursor = Cursor.START;
    for (EventLog.Page page = engine.events().read(null, cursor, 7);
        !page.events().isEmpty();
        page = engine.events().read(null, cursor, 7)) {
      assertThat(page.events()).hasSizeLessThanOrEqualTo(7);
      assertThat(page.cursors().getLast()).isEqualTo(page.next());
      seen.addAll(page.events());
      cursor = page.next();
    }
    assertThat(seen).hasSize(180).doesNotHaveDuplicates();
    Map<Key, Long> versions = new HashMap<>();
    for (EventRow event : seen) {
      assertThat(event.version()).isEqualTo(versions.getOrDefault(event.key(), 0L) + 1);
      versions.put(event.key(), event.version());
    }
    assertThat(cursor).isEqualTo(engine.events().end());
  }

  @Test
  void goesOnAfterTheCursorOfAnySingleEvent() {
    go("one", 10, 3);
    EventLog.Page whole = engine.events().read(null, Cursor.START, 1_000);
    for (int i = 0; i < whole.events().size(); i++) {
      EventLog.Page rest = engine.events().read(null, whole.cursors().get(i), 1_000);
      List<EventRow> expected = whole.events().subList(i + 1, whole.events().size());
      assertThat(rest.events()).containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  @Test
  void passesOverOtherMachines() {
    go("one", 100, 3);
    go("two", 1, 2);
    EventLog.Page page = engine.events().read("two", Cursor.START, 10);
    assertThat(page.events()).isNotEmpty().allMatch(event -> event.key().machine().equals("two"));
  }

  @Test
  void knowsWhatWasCommittedBeforeItWasMade() {
    go("one", 5, 1);
    stop();
    start();
    assertThat(engine.events().read(null, Cursor.START, 10).events()).hasSize(5);
    assertThat(engine.events().end()).isNotEqualTo(Cursor.START);
  }

  @Test
  void wakesWhoWaitsWhenSomethingComes() throws InterruptedException {
    Cursor end = engine.events().end();
    assertThat(engine.events().await(end, 1)).isFalse();
    var woken = new CompletableFuture<Boolean>();
    Thread waiter =
        Thread.ofVirtual()
            .start(() -> {
              try {
                woken.complete(engine.events().await(end, 60_000));
              } catch (InterruptedException e) {
                woken.completeExceptionally(e);
              }
            });
    go("one", 1, 1);
    assertThat(woken.join()).isTrue();
    waiter.join();
    assertThat(engine.events().await(Cursor.START, 60_000)).as("behind already").isTrue();
  }

  /// Moves keys, each so many times.
  private void go(String machine, int keys, int times) {
    var replies = new ArrayList<CompletableFuture<Reply>>();
    for (int time = 0; time < times; time++) {
      for (int i = 0; i < keys; i++) {
        var reply = new CompletableFuture<Reply>();
        var key = new Key(machine, "k" + i);
        engine.submit(
            new Request.Call(key, "go", Json.NULL, null, Precondition.NONE), reply::complete);
        replies.add(reply);
      }
    }
    replies.forEach(reply ->
        assertThat(reply.orTimeout(100, TimeUnit.SECONDS).join()).isInstanceOf(Reply.Done.class));
  }
}
