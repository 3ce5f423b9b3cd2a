// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.ErrorCode;
import dev.detent.Key;
import dev.detent.codec.Json;
import dev.detent.event.Cursor;
import dev.detent.event.EventLog;
import dev.detent.machine.Machine;
import dev.detent.sql.SqlStore;
import dev.detent.store.EventRow;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineTest {
  private static final String TURNSTILE =
      """
      {"id":"turnstile","initial":"locked","states":{
        "locked":{"on":{"coin":"unlocked"}},
        "unlocked":{"on":{"push":"locked","coin":"unlocked"},"after":{"50ms":"locked"}}}}
      """;
  private static final String COUNTER =
      """
      {"id":"counter","initial":"on","states":{"on":{"on":{"tick":"on"}}}}
      """;

  @TempDir Path folder;
  private Engine engine;

  @BeforeEach
  void start() {
    engine = open();
  }

  @AfterEach
  void stop() {
    engine.close();
  }

  private Engine open() {
    return Engine.builder(SqlStore.sqlite(folder.resolve("detent.db")).open())
        .machine(Machine.parse("turnstile", Json.parse(TURNSTILE)))
        .machine(Machine.parse("counter", Json.parse(COUNTER)))
        .start();
  }

  @Test
  void answersAlthoughTheObserverFails() {
    engine.close();
    Observer failing =
        new Observer() {
          @Override
          public void transitioned(String machine, String cause) {
            throw new IllegalStateException("transitioned");
          }

          @Override
          public void answered(String machine, long nanos) {
            throw new IllegalStateException("answered");
          }

          @Override
          public void committed(int commands, int events, long nanos) {
            throw new IllegalStateException("committed");
          }
        };
    engine =
        Engine.builder(SqlStore.sqlite(folder.resolve("detent.db")).open())
            .machine(Machine.parse("counter", Json.parse(COUNTER)))
            .observer(failing)
            .start();
    for (long version = 1; version <= 3; version++) {
      Key key = new Key("counter", "a");
      Reply reply = ask(new Request.Call(key, "tick", Json.NULL, null, Precondition.NONE));
      assertThat(((Reply.Done) reply).version()).isEqualTo(version);
    }
    assertThat(engine.health().ok()).isTrue();
  }

  @Test
  void movesAlongADeclaredTransitionAndRemembersTheInput() {
    Reply.Done done = (Reply.Done) call("a", "coin", "{\"cents\":50}");
    assertThat(done.state()).isEqualTo("unlocked");
    assertThat(done.version()).isEqualTo(1);
    assertThat(done.output().text()).isEqualTo("{\"cents\":50}");
  }

  @Test
  void rejectsACommandTheStateDoesNotAllow() {
    Reply.Refused refused = (Reply.Refused) call("a", "push", "null");
    assertThat(refused.problem().code()).isEqualTo(ErrorCode.TRANSITION_NOT_ALLOWED);
    assertThat(refused.problem().members()).containsEntry("state", "locked");
    assertThat(refused.problem().members()).containsEntry("allowed", List.of("coin"));
  }

  @Test
  void keepsStateAndHistoryOverARestart() {
    call("a", "coin", "{\"cents\":50}");
    engine.close();
    engine = open();
    Instance instance = ((Reply.Found) ask(new Request.Read(key("a")))).instance();
    EventRow first = engine.events().history(key("a"), 0, 10).getFirst();
    assertThat(instance.version()).isGreaterThanOrEqualTo(1);
    assertThat(instance.value().json()).isEqualTo(Json.parse("{\"cents\":50}"));
    assertThat(first.to()).isEqualTo("unlocked");
    assertThat(first.version()).isEqualTo(1);
  }

  @Test
  void firesATimeoutOnceAndNeverEarly() throws InterruptedException {
    call("a", "coin", "null");
    EventLog.Page page = engine.events().read("turnstile", Cursor.START, 10);
    while (page.events().size() < 2) {
      engine.events().await(page.next(), 60_000);
      page = engine.events().read("turnstile", Cursor.START, 10);
    }
    EventRow entered = page.events().get(0);
    EventRow left = page.events().get(1);
    assertThat(left.cause()).isEqualTo("after");
    assertThat(left.command()).isNull();
    assertThat(left.from()).isEqualTo("unlocked");
    assertThat(left.to()).isEqualTo("locked");
    assertThat(left.at() - entered.at()).isGreaterThanOrEqualTo(50);
  }

  @Test
  void answersARepeatWithTheSameIdempotencyKeyTheSame() {
    Reply.Done first = (Reply.Done) ask(keyed("a", "coin", "{\"a\":1,\"b\":2.0}"));
    Reply.Done again = (Reply.Done) ask(keyed("a", "coin", "{\"b\":2,\"a\":1.0}"));
    assertThat(again.replayed()).isTrue();
    assertThat(again.id()).isEqualTo(first.id());
    assertThat(again.version()).isEqualTo(first.version());
    Reply.Refused other = (Reply.Refused) ask(keyed("a", "coin", "{\"a\":2}"));
    assertThat(other.problem().code()).isEqualTo(ErrorCode.IDEMPOTENCY_MISMATCH);
  }

  @Test
  void givesVersionsOneToNInOrderToWhatIsSubmittedAtOnce() {
    int calls = 3_200;
    Key hot = new Key("counter", "hot");
    List<CompletableFuture<Reply>> replies = new ArrayList<>();
    for (int i = 0; i < calls; i++) {
      var reply = new CompletableFuture<Reply>();
      engine.submit(
          new Request.Call(hot, "tick", Json.NULL, null, Precondition.NONE), reply::complete);
      replies.add(reply);
    }
    List<Long> versions =
        replies.stream().map(EngineTest::await).map(r -> ((Reply.Done) r).version()).toList();
    assertThat(versions)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, calls).boxed().toList());
    assertThat(engine.events().history(hot, 0, 1000))
        .extracting(EventRow::version)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 1000).boxed().toList());
  }

  private static Request keyed(String key, String command, String input) {
    return new Request.Call(key(key), command, Json.parse(input), "token", Precondition.NONE);
  }

  private static Key key(String key) {
    return new Key("turnstile", key);
  }

  private Reply call(String key, String command, String input) {
    return ask(new Request.Call(key(key), command, Json.parse(input), null, Precondition.NONE));
  }

  private Reply ask(Request request) {
    var reply = new CompletableFuture<Reply>();
    engine.submit(request, reply::complete);
    return await(reply);
  }

  private static Reply await(CompletableFuture<Reply> reply) {
    try {
      return reply.get(Duration.ofSeconds(60).toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }
}
