// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.detent.DetentException;
import dev.detent.ErrorCode;
import dev.detent.FailedException;
import dev.detent.OutcomeUnknownException;
import dev.detent.RefusedException;
import dev.detent.UnavailableException;
import dev.detent.codec.Json;
import dev.detent.engine.Lives.Phase;
import dev.detent.engine.Resources.Resource;
import dev.detent.machine.Machine;
import dev.detent.sql.SqlStore;
import dev.detent.store.EventRow;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(240)
class MachineClientTest {
  private static final String TURNSTILE =
      """
      {"initial":"locked","states":{
        "locked":{"on":{"coin":"unlocked"}}, "unlocked":{"on":{"push":"locked"}}}}
      """;

  @TempDir Path folder;
  private final BlockingQueue<String> causes = new LinkedBlockingQueue<>();
  private Detent detent;
  private MachineClient<Resources> resources;
  private MachineClient<Lives> lives;
  private MachineClient<?> turnstiles;

  @BeforeEach
  void start() {
    detent =
        Detent.builder(SqlStore.sqlite(folder.resolve("detent.db")).open())
            .machine(new Resources())
            .machine(new Lives())
            .machine(Machine.parse("turnstile", Json.parse(TURNSTILE)))
            .observer(new Causes(causes))
            .start();
    resources = detent.machine(Resources.class);
    lives = detent.machine(Lives.class);
    turnstiles = detent.machine("turnstile");
  }

  @AfterEach
  void stop() {
    detent.close();
  }

  /// Hears of transitions.
  private record Causes(BlockingQueue<String> heard) implements Observer {
    @Override
    public void transitioned(String machine, String cause) {
      heard.add(cause);
    }
  }

  @Test
  void setsUpAResourceOnceAndSaysSoTheSecondTime() {
    Result<Json> first = resources.call("my-machine", "setUp");
    Result<Json> second = resources.call("my-machine", "setUp");
    assertThat(first.as(String.class)).isEqualTo("my-machine is now UP");
    assertThat(first.output()).isEqualTo(Json.string("my-machine is now UP"));
    assertThat(first.state()).isEqualTo("Up");
    assertThat(first.version()).isEqualTo(1);
    assertThat(second.as(String.class)).isEqualTo("my-machine is already UP");
    assertThat(second.version()).isEqualTo(1);
    assertThat(second.id()).isNotEqualTo(first.id());
  }

  @Test
  void leadsALifeByMethodReferences() {
    Phase.Gestating begun = lives.call("ada", Lives::conceive).output();
    Phase.Alive alive = lives.call("ada", Lives::birth).output();
    Result<Phase.Dead> dead = lives.call("ada", Lives::death);
    assertThat(begun).isEqualTo(new Phase.Gestating());
    assertThat(dead.output().diedAt()).isAfterOrEqualTo(alive.bornAt());
    assertThat(dead.version()).isEqualTo(3);
    assertThat(lives.history("ada", 1, 10))
        .extracting(EventRow::command)
        .containsExactly("birth", "death");
    assertThat(lives.history("ada", 0, 2)).hasSize(2);
  }

  @Test
  void throwsWhatACallerCanDoAbout() {
    lives.call("ada", Lives::conceive);
    assertFails(
        () -> lives.call("ada", Lives::death),
        RefusedException.class,
        ErrorCode.TRANSITION_NOT_ALLOWED);
    assertFails(
        () -> lives.call("ada", Lives::conceive), RefusedException.class, ErrorCode.ALREADY_EXISTS);
    assertFails(
        () -> lives.call("nobody", Lives::birth), RefusedException.class, ErrorCode.NOT_FOUND);
    assertFails(
        () -> lives.call("ada", "birth", "early"), RefusedException.class, ErrorCode.INVALID_INPUT);
    assertFails(() -> lives.call("", "birth"), RefusedException.class, ErrorCode.BAD_REQUEST);
    assertFails(
        () -> resources.call("r", Resources::crash),
        FailedException.class,
        ErrorCode.HANDLER_FAILED);
    assertThat(lives.read("ada").version()).isEqualTo(1);
  }

  @Test
  void namesStateAndWhatIsAllowedInARefusal() {
    assertThatThrownBy(() -> turnstiles.call("a", "push"))
        .isInstanceOfSatisfying(
            DetentException.class,
            e ->
                assertThat(e.problem().members())
                    .containsEntry("state", "locked")
                    .containsEntry("allowed", List.of("coin")));
  }

  @Test
  void refusesAnInputThatIsNoJson() {
    assertFails(
        () -> turnstiles.call("a", "coin", new Bent(1)),
        RefusedException.class,
        ErrorCode.INVALID_INPUT);
    assertThat(turnstiles.read("a").version()).isZero();
  }

  record Bent(int cents) {
    @Override
    public int cents() {
      throw new IllegalStateException("bent");
    }
  }

  @Test
  void answersARepeatWithTheSameIdempotencyKeyTheSame() {
    MachineClient<Resources> once = resources.idempotencyKey("7");
    Result<String> first = once.call("r", Resources::flip);
    Result<String> again = once.call("r", Resources::flip);
    assertThat(first.replayed()).isFalse();
    assertThat(again.replayed()).isTrue();
    assertThat(again.id()).isEqualTo(first.id());
    assertThat(again.output()).isEqualTo(first.output());
    assertThat(again.version()).isEqualTo(1);
    assertFails(
        () -> once.call("r", Resources::reset),
        RefusedException.class,
        ErrorCode.IDEMPOTENCY_MISMATCH);
    assertThat(resources.call("r", Resources::flip).version()).isEqualTo(2);
  }

  @Test
  void callsOnlyAtTheVersionThatWasSeen() {
    assertThat(resources.ifMatch(0).call("r", "setUp").version()).isEqualTo(1);
    assertFails(
        () -> resources.ifMatch(0).call("r", Resources::reset),
        RefusedException.class,
        ErrorCode.VERSION_MISMATCH);
    assertThat(resources.ifMatch(1).call("r", Resources::reset).version()).isEqualTo(2);
  }

  @Test
  void callsOnlyWhatWasTouchedIfToldSo() {
    assertFails(
        () -> resources.mustExist().call("r", "setUp"),
        RefusedException.class,
        ErrorCode.VERSION_MISMATCH);
    resources.call("r", "setUp");
    assertThat(resources.mustExist().call("r", Resources::reset).version()).isEqualTo(2);
  }

  @Test
  void runsASendAfterAcceptingIt() throws InterruptedException {
    String id = resources.send("r", "setUp", null, Duration.ZERO);
    assertThat(id).isNotEmpty();
    assertThat(causes.poll(60, TimeUnit.SECONDS)).isEqualTo("send");
    assertThat(resources.read("r").state()).isEqualTo("Up");
  }

  @Test
  void acceptsASendOfTheSameIdempotencyKeyOnce() throws InterruptedException {
    MachineClient<Resources> once = resources.idempotencyKey("7");
    String id = once.send("r", "touch", null, Duration.ZERO);
    assertThat(once.send("r", "touch", null, Duration.ZERO)).isEqualTo(id);
    assertThat(causes.poll(60, TimeUnit.SECONDS)).isEqualTo("send");
    assertThat(resources.call("r", Resources::touch).version()).isEqualTo(2);
  }

  @Test
  void refusesASendThatDemandsAVersionOrCantBeRun() {
    assertFails(
        () -> resources.ifMatch(1).send("r", "touch", null, Duration.ZERO),
        RefusedException.class,
        ErrorCode.BAD_REQUEST);
    assertFails(
        () -> resources.send("r", "fly", null, Duration.ZERO),
        RefusedException.class,
        ErrorCode.NOT_FOUND);
  }

  @Test
  void readsTheStateAsARecordOfItsSealedInterface() {
    Snapshot untouched = resources.read("r");
    assertThat(untouched.as(Resource.class)).isEqualTo(new Resource.Down());
    assertThat(untouched.version()).isZero();
    assertThat(untouched.createdAt()).isNull();
    resources.call("r", "setUp");
    Snapshot up = resources.read("r");
    String url =
        switch (up.as(Resource.class)) {
          case Resource.Down _ -> "none";
          case Resource.Up(String there) -> there;
        };
    assertThat(url).isEqualTo("db:r");
    assertThat(up.as(Resource.Up.class)).isEqualTo(new Resource.Up("db:r"));
    assertThat(up.key()).isEqualTo("r");
    assertThat(up.data()).isEqualTo(Json.parse("{\"url\":\"db:r\"}"));
    assertThat(up.allowed()).contains("setUp", "reset");
    assertThat(up.createdAt()).isNotNull().isEqualTo(up.enteredAt()).isEqualTo(up.updatedAt());
    assertThatThrownBy(() -> up.as(Resource.Down.class))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("resource/r: expected state Down, got it in state Up");
  }

  @Test
  void readsTheDataOfAJsonMachineAsWhatIsAskedFor() {
    Result<Json> paid = turnstiles.call("a", "coin", Map.of("cents", 50));
    assertThat(paid.as(Coin.class)).isEqualTo(new Coin(50));
    assertThat(turnstiles.read("a").as(Coin.class)).isEqualTo(new Coin(50));
    assertThat(turnstiles.read("a").state()).isEqualTo("unlocked");
  }

  record Coin(int cents) {}

  @Test
  void readsAnAnswerAsTheRecordOfTheStateThatWasReached() {
    resources.call("r", "setUp");
    Result<Json> touched = resources.call("r", "touch");
    assertThat(touched.as(Resource.class)).isEqualTo(new Resource.Up("db:r"));
    assertThatThrownBy(() -> touched.as(Integer.class))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("expected java.lang.Integer, got {\"url\":\"db:r\"}");
  }

  @Test
  void findsNothingWhereNothingWasCreated() {
    assertThat(lives.find("nobody")).isNull();
    lives.call("ada", Lives::conceive);
    assertThat(lives.find("ada")).extracting(Snapshot::state).isEqualTo("Gestating");
    assertFails(() -> lives.read("nobody"), RefusedException.class, ErrorCode.NOT_FOUND);
  }

  @Test
  void asksAQuery() {
    assertThat(resources.ask("r", "status", String.class)).isEqualTo("Down[]");
    assertFails(
        () -> resources.ask("r", "mood", String.class),
        RefusedException.class,
        ErrorCode.NOT_FOUND);
  }

  @Test
  void givesVersionsOneToNToVirtualThreadsThatCallOneKey() throws Exception {
    int threads = 200;
    var futures = new ArrayList<Future<Long>>();
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < threads; i++) {
        futures.add(executor.submit(() -> resources.call("hot", Resources::touch).version()));
      }
    }
    var versions = new ArrayList<Long>();
    for (Future<Long> future : futures) {
      versions.add(future.get());
    }
    assertThat(versions)
        .containsExactlyInAnyOrderElementsOf(LongStream.rangeClosed(1, threads).boxed().toList());
    assertThat(resources.history("hot", 0, 1000)).hasSize(threads);
  }

  @Test
  void doesNothingForAThreadThatIsInterruptedAlready() throws Exception {
    DetentException thrown =
        onAnotherThread(() -> {
          Thread.currentThread().interrupt();
          resources.call("r", Resources::touch);
        });
    assertThat(thrown).isInstanceOf(UnavailableException.class);
    assertThat(resources.read("r").version()).isZero();
  }

  @Test
  void saysThatTheOutcomeIsUnknownToAThreadThatIsInterruptedWhileItWaits() throws Exception {
    var slow = new Slow();
    var caller = new AtomicReference<Thread>();
    try (Detent other =
        Detent.builder(SqlStore.sqlite(folder.resolve("other.db")).open()).machine(slow).start()) {
      Thread interrupter =
          Thread.startVirtualThread(() -> {
            slow.awaitEntered();
            caller.get().interrupt();
          });
      DetentException thrown =
          onAnotherThread(() -> {
            caller.set(Thread.currentThread());
            other.machine(Slow.class).call("s", Slow::step);
          });
      assertThat(thrown).isInstanceOf(OutcomeUnknownException.class);
      interrupter.join();
      slow.leave.countDown();
      assertThat(other.machine(Slow.class).call("s", Slow::step).version()).isEqualTo(2);
    }
  }

  /// Runs a call that fails, and demands that its thread is interrupted afterwards.
  private static DetentException onAnotherThread(Runnable call)
      throws InterruptedException, ExecutionException {
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      return executor
          .submit(() -> {
            try {
              call.run();
            } catch (DetentException e) {
              assertThat(Thread.interrupted()).isTrue();
              return e;
            }
            throw new AssertionError("expected a failure, got none");
          })
          .get();
    }
  }

  private static void assertFails(
      ThrowingCallable call, Class<? extends DetentException> kind, ErrorCode code) {
    assertThatThrownBy(call)
        .isInstanceOf(kind)
        .isInstanceOfSatisfying(DetentException.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
