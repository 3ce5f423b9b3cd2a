// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.detent.DetentException;
import dev.detent.ErrorCode;
import dev.detent.FailedException;
import dev.detent.RefusedException;
import dev.detent.UnavailableException;
import dev.detent.sql.SqlStore;
import dev.detent.store.InvocationRow.Status;
import dev.detent.store.StepRow;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(240)
class InvocationClientTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path folder;
  private final Talks talks = new Talks();
  private @Nullable Detent detent;

  @AfterEach
  void stop() {
    if (detent != null) {
      detent.close();
    }
  }

  private Detent start(Consumer<EngineBuilder> options) {
    detent =
        Detent.builder(SqlStore.sqlite(folder.resolve("detent.db")).open())
            .machine(talks)
            .engine(options)
            .start();
    return detent;
  }

  private Detent start() {
    return start(options -> {});
  }

  private Detent restart() {
    Objects.requireNonNull(detent).close();
    return start();
  }

  private static String send(Detent detent, String command, @Nullable Object input) {
    return detent.machine("talk").send("t", command, input, Duration.ZERO);
  }

  @Test
  void showsWhatAHandlerWaitsForAndWhatCameOfIt() throws Exception {
    Detent running = start();
    String id = send(running, "ask", null);
    String place = talks.place();
    InvocationClient client = running.invocation(id);
    assertThat(client.read().status()).isEqualTo(Status.RUNNING);
    assertThat(client.journal().getFirst().kind()).isEqualTo(StepRow.Kind.AWAKEABLE);
    assertThat(client.result(Duration.ZERO)).isNull();
    assertThat(running.awakeable(place).resolve("hello")).isTrue();
    Result<?> result = Objects.requireNonNull(client.result(LONG));
    assertThat(result.as(String.class)).isEqualTo("said hello");
    assertThat(result.state()).isEqualTo("Said");
    assertThat(result.id()).isEqualTo(id);
    assertThat(client.read().status()).isEqualTo(Status.COMPLETED);
    assertThat(client.journal()).isEmpty();
    assertThat(running.invocations().list(Status.COMPLETED, null, 10))
        .extracting(row -> row.id())
        .containsExactly(id);
    assertThat(running.awakeable(place).resolve("again")).isFalse();
  }

  @Test
  void rejectsWhatAHandlerWaitsFor() throws Exception {
    Detent running = start();
    String id = send(running, "ask", null);
    assertThat(running.awakeable(talks.place()).reject("nobody")).isTrue();
    assertThatThrownBy(() -> running.invocation(id).result(LONG))
        .isInstanceOf(FailedException.class)
        .hasMessageContaining("nobody")
        .extracting(e -> ((DetentException) e).problem().members().get("failure"))
        .isEqualTo(Map.of("code", "REJECTED"));
    assertThat(running.machine("talk").read("t").version()).isZero();
  }

  @Test
  void tellsASecondAnswerAfterARestartThatItIsTheSecond() throws Exception {
    Detent first = start();
    send(first, "askAndSleep", null);
    String place = talks.place();
    assertThat(first.awakeable(place).resolve("hello")).isTrue();
    assertThat(talks.place()).isEqualTo(place);
    Detent second = restart();
    assertThat(second.awakeable(place).resolve("hello")).isFalse();
    assertThat(second.awakeable(place).reject("no")).isFalse();
    assertThatThrownBy(() -> second.awakeable(place + "7").resolve("hello"))
        .isInstanceOf(RefusedException.class)
        .extracting(e -> ((DetentException) e).problem().members().get("what"))
        .isEqualTo("awakeable");
  }

  @Test
  void signalsInOrderAlsoOverARestart() throws Exception {
    Detent first = start();
    String id = send(first, "count", 3);
    talks.place();
    assertThat(first.invocation(id).signal("number", 1)).isTrue();
    assertThat(first.invocation(id).signal("number", 10)).isTrue();
    Detent second = restart();
    assertThat(second.invocation(id).signal("number", 100)).isTrue();
    Result<?> result = Objects.requireNonNull(second.invocation(id).result(LONG));
    assertThat(result.as(Integer.class)).isEqualTo(111);
    assertThat(second.invocation(id).signal("number", 1000)).isFalse();
  }

  @Test
  void refusesASignalWithoutAName() throws Exception {
    Detent running = start();
    String id = send(running, "sleep", null);
    assertThatThrownBy(() -> running.invocation(id).signal("", 1))
        .extracting(e -> ((DetentException) e).code())
        .isEqualTo(ErrorCode.BAD_REQUEST);
  }

  @Test
  void cancelsPausesResumesAndKillsOnce() throws Exception {
    Detent running = start();
    InvocationClient client = running.invocation(send(running, "sleep", null));
    talks.place();
    assertThat(client.pause()).isTrue();
    assertThat(client.pause()).isFalse();
    assertThat(client.read().status()).isEqualTo(Status.PAUSED);
    assertThat(client.resume()).isTrue();
    assertThat(client.resume()).isFalse();
    assertThat(client.restart()).isTrue();
    talks.place();
    assertThat(client.read().run().life()).isEqualTo(1);
    assertThat(client.cancel()).isTrue();
    assertThatThrownBy(() -> client.result(LONG))
        .extracting(e -> ((DetentException) e).code())
        .isEqualTo(ErrorCode.CANCELLED);
    assertThat(client.cancel()).isFalse();
    assertThat(client.kill()).isFalse();
    assertThat(client.read().status()).isEqualTo(Status.CANCELLED);
    InvocationClient other = running.invocation(send(running, "sleep", null));
    assertThat(other.kill()).isTrue();
    assertThat(other.read().status()).isEqualTo(Status.KILLED);
  }

  @Test
  void showsHowAHandlerFailedForGood() {
    Detent running = start();
    assertThatThrownBy(() -> running.machine("talk").call("t", "fail"))
        .isInstanceOf(FailedException.class)
        .hasMessageContaining("can't talk")
        .extracting(e -> ((DetentException) e).problem().members().get("failure"))
        .isEqualTo(Map.of("code", "NO_VOICE", "details", Map.of("degrees", 39)));
    assertThat(running.machine("talk").read("t").version()).isZero();
  }

  @Test
  void refusesAnInputThatDoesNotFitBeforeAnythingIsWritten() {
    Detent running = start();
    assertThatThrownBy(() -> running.machine("talk").call("t", "count", "three"))
        .isInstanceOf(RefusedException.class)
        .extracting(e -> ((DetentException) e).code())
        .isEqualTo(ErrorCode.INVALID_INPUT);
    assertThat(running.invocations().list(null, null, 10)).isEmpty();
  }

  @Test
  void saysThatThereIsNoSuchInvocation() {
    Detent running = start();
    for (String id : List.of("i0-1-1", "nonsense", "i900-1-1")) {
      assertThatThrownBy(() -> running.invocation(id).read())
          .extracting(e -> ((DetentException) e).problem().members().get("what"))
          .isEqualTo("invocation");
      assertThatThrownBy(() -> running.invocation(id).cancel())
          .extracting(e -> ((DetentException) e).problem().members().get("what"))
          .isEqualTo("invocation");
    }
  }

  @Test
  void pausesAfterTooManyFailuresAndGoesOnWhenItIsMended() throws Exception {
    var paused = new CountDownLatch(1);
    talks.broken = true;
    Detent running =
        start(options ->
            options
                .attemptsMax(3)
                .retryPauses(Duration.ofMillis(1), Duration.ofMillis(2))
                .observer(
                    new Observer() {
                      @Override
                      public void stands(String machine, Status status, int attempt) {
                        if (status == Status.PAUSED) {
                          paused.countDown();
                        }
                      }
                    }));
    InvocationClient client = running.invocation(send(running, "stammer", null));
    assertThat(paused.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(client.read().status()).isEqualTo(Status.PAUSED);
    assertThat(client.read().run().problem()).contains("no voice yet");
    talks.broken = false;
    assertThat(client.resume()).isTrue();
    assertThat(Objects.requireNonNull(client.result(LONG)).as(String.class)).isEqualTo("spoken");
  }

  @Test
  void boundsHowManyWaitForTheirTurn() throws Exception {
    Detent running = start(options -> options.queueMax(2));
    send(running, "sleep", null);
    talks.place();
    send(running, "ask", null);
    send(running, "ask", null);
    assertThatThrownBy(() -> send(running, "ask", null))
        .isInstanceOf(UnavailableException.class)
        .extracting(e -> ((DetentException) e).code())
        .isEqualTo(ErrorCode.OVERLOADED);
    Reply.Found found = running.engine().instances().read(new dev.detent.Key("talk", "t"));
    assertThat(Objects.requireNonNull(found.running()).queued()).isEqualTo(2);
  }

  @Test
  void givesThePlaceOfACallerFreeThatIsInterrupted() throws Exception {
    Detent running = start(options -> options.requestsMax(1));
    var code = new CompletableFuture<ErrorCode>();
    Thread caller =
        Thread.ofVirtual()
            .start(() -> {
              try {
                running.machine("talk").call("t", "sleep");
              } catch (DetentException e) {
                code.complete(e.code());
              }
            });
    String id = talks.place();
    assertThat(isOverloaded(running.machine("talk"))).isTrue();
    caller.interrupt();
    assertThat(code.get(60, TimeUnit.SECONDS)).isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
    Eventually.holds(() -> !isOverloaded(running.machine("talk")));
    assertThat(running.invocation(id).read().status()).isEqualTo(Status.RUNNING);
  }

  private static boolean isOverloaded(MachineClient<?> talk) {
    try {
      talk.read("t");
      return false;
    } catch (UnavailableException e) {
      return e.code() == ErrorCode.OVERLOADED;
    }
  }

  @Test
  void namesAllOptionsThatAreWrong() {
    assertThatThrownBy(() ->
            start(options ->
                options
                    .queueMax(0)
                    .attemptsMax(0)
                    .invocationsMax(0)
                    .signalsMax(200_000)
                    .retryPauses(Duration.ofSeconds(2), Duration.ofSeconds(1))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(
            "queueMax: expected 1 to 100000, got 0",
            "attemptsMax: expected 1 or more, got 0",
            "invocationsMax: expected 1 or more, got 0",
            "signalsMax: expected 1 to 100000, got 200000",
            "retryPauses: expected");
  }
}
