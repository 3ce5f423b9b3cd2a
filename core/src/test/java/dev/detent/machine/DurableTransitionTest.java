// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.detent.DetentException;
import dev.detent.ErrorCode;
import dev.detent.FailedException;
import dev.detent.Key;
import dev.detent.RefusedException;
import dev.detent.annotation.After;
import dev.detent.annotation.Initial;
import dev.detent.annotation.Query;
import dev.detent.annotation.StateMachine;
import dev.detent.annotation.Transition;
import dev.detent.codec.Json;
import dev.detent.codec.Value;
import dev.detent.handler.Context;
import dev.detent.handler.TerminalException;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DurableTransitionTest {
  sealed interface Job {
    record Open(int size) implements Job {}

    record Closed() implements Job {}
  }

  @StateMachine(value = "job", retention = "7d")
  static final class Jobs {
    @Transition
    Job.Open create(int size, Context ctx) {
      return new Job.Open(size + ctx.invocation().length());
    }

    @Transition
    Job.Open make() {
      return new Job.Open(0);
    }

    @Transition(description = "closes it")
    Job close(Job.Open from, Key key, Context ctx) throws IOException {
      return switch (from.size()) {
        case 0 -> throw new IOException("checked");
        case 1 -> throw new TerminalException("ONE", "one is none");
        case 2 -> throw new RefusedExceptions().one();
        default -> new Job.Closed();
      };
    }

    @Transition
    Job.Closed give(Job.Open from) {
      throw new TerminalException("NO", "never", Map.of("size", from.size()));
    }

    @After("1d")
    Job.Closed expire(Job.Open from, Context ctx) {
      return new Job.Closed();
    }
  }

  private static final class RefusedExceptions {
    DetentException one() {
      return dev.detent.Problem.of(ErrorCode.ALREADY_EXISTS, "of the user's").exception();
    }
  }

  private final Machine machine = Machine.of(new Jobs());

  private static Context context() {
    return (Context)
        Proxy.newProxyInstance(
            Context.class.getClassLoader(),
            new Class<?>[] {Context.class},
            (proxy, method, arguments) -> "12345");
  }

  private static Situation situation(@Nullable Integer size, String input) {
    Value value = size == null ? null : Value.of(Json.parse("{\"size\":" + size + "}"));
    String state = size == null ? null : "Open";
    return new Situation(new Key("job", "k"), state, value, Json.parse(input), Instant.EPOCH);
  }

  private dev.detent.machine.Transition transition(@Nullable String state, String command) {
    return Objects.requireNonNull(machine.transition(state, command));
  }

  @Test
  void isDurableIfItTakesAContext() {
    assertThat(transition(null, "create").durable()).isTrue();
    assertThat(transition(null, "make").durable()).isFalse();
    assertThat(transition("Open", "close").durable()).isTrue();
    assertThat(transition("Open", "give").durable()).isFalse();
    assertThat(Objects.requireNonNull(machine.timeout("Open", "expire")).transition().durable())
        .isTrue();
    assertThat(
            new dev.detent.machine.Transition(
                    "c", java.util.Set.of(), java.util.Set.of("s"), "", s -> new Outcome.Stay(null))
                .durable())
        .isFalse();
  }

  @Test
  void runsWithTheContextOfItsSituation() {
    var move =
        (Outcome.Move)
            transition(null, "create").action().apply(situation(null, "3").in(context()));
    assertThat(move.value().json().text()).isEqualTo("{\"size\":8}");
    assertThatThrownBy(() -> transition(null, "create").action().apply(situation(null, "3")))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("context of a handler");
  }

  @Test
  void leavesWhatAHandlerThrowsAsItIs() {
    Action close = transition("Open", "close").action();
    assertThatThrownBy(() -> close.apply(situation(0, "null").in(context())))
        .isExactlyInstanceOf(IOException.class)
        .hasMessage("checked");
    assertThatThrownBy(() -> close.apply(situation(1, "null").in(context())))
        .isInstanceOf(TerminalException.class);
    assertThatThrownBy(() -> close.apply(situation(2, "null").in(context())))
        .isInstanceOf(RefusedException.class);
  }

  @Test
  void makesAHandlerFailedOfWhatAPureTransitionThrowsForGood() {
    Action give = transition("Open", "give").action();
    var failed =
        catchThrowableOfType(FailedException.class, () -> give.apply(situation(5, "null")));
    assertThat(failed.problem().detail()).isEqualTo("never");
    assertThat(failed.problem().members())
        .containsEntry("failure", Map.of("code", "NO", "details", Map.of("size", 5)));
  }

  @Test
  void checksAnInputWithoutRunningAnything() {
    Action create = transition(null, "create").action();
    create.check(situation(null, "3"));
    assertThatThrownBy(() -> create.check(situation(null, "\"x\"")))
        .isInstanceOf(RefusedException.class)
        .hasMessage("input: expected a whole number from -2147483648 to 2147483647, got \"x\"");
    Action close = transition("Open", "close").action();
    close.check(situation(0, "{}"));
    assertThatThrownBy(() -> close.check(situation(0, "5")))
        .isInstanceOf(RefusedException.class)
        .hasMessage("input: expected none, got 5");
  }

  @StateMachine("job")
  static final class PureJobs {
    @Transition
    Job.Open create(int size) {
      return new Job.Open(size);
    }

    @Transition
    Job.Open make() {
      return new Job.Open(0);
    }

    @Transition(description = "closes it")
    Job close(Job.Open from, Key key) {
      return new Job.Closed();
    }

    @Transition
    Job.Closed give(Job.Open from) {
      return new Job.Closed();
    }

    @After("1d")
    Job.Closed expire(Job.Open from) {
      return new Job.Closed();
    }
  }

  @Test
  void showsInTheDefinitionSoThatItsHashDiffers() {
    assertThat(machine.definition().text())
        .isEqualTo(
            "{\"id\":\"job\",\"initial\":\"Open\",\"meta\":{\"create\":{\"create\":"
                + "{\"target\":\"Open\",\"meta\":{\"durable\":true}},\"make\":\"Open\"}},"
                + "\"states\":{\"Open\":{\"on\":{\"close\":{\"target\":\"Open\","
                + "\"description\":\"closes it\",\"meta\":{\"durable\":true,"
                + "\"targets\":[\"Open\",\"Closed\"]}},\"give\":\"Closed\"},\"after\":{\"1d\":"
                + "{\"target\":\"Closed\",\"meta\":{\"durable\":true}}}},\"Closed\":{}}}");
    assertThat(Machine.parse(null, machine.definition()).hash()).isEqualTo(machine.hash());
    assertThat(Machine.of(new PureJobs()).hash()).isNotEqualTo(machine.hash());
  }

  @Test
  void keepsResultsAsLongAsTheDefinitionSays() {
    assertThat(machine.retention()).isEqualTo(Duration.ofDays(7));
    assertThat(Machine.of(new PureJobs()).retention()).isNull();
    var built = Machine.define("job", Job.class).initial(Job.Open.class).to(Job.Closed.class);
    String hash = built.build().hash();
    Machine kept = built.retention(Duration.ofHours(1)).build();
    assertThat(kept.retention()).isEqualTo(Duration.ofHours(1));
    assertThat(kept.hash()).isEqualTo(hash);
    assertThatThrownBy(() -> built.retention(Duration.ofDays(3_651)).build())
        .hasMessageContaining("retention: expected 0 to 3650d, got 3651d");
    assertThatThrownBy(() -> built.retention(Duration.ofSeconds(-1)).build())
        .hasMessageContaining("retention: expected 0 to 3650d, got");
  }

  @StateMachine(value = "job", retention = "a while")
  static final class Wrong {
    @Initial
    Job.Open first(Context ctx) {
      return new Job.Open(0);
    }

    @Transition
    Job.Closed early(Job.Open from, Context ctx, Key key) {
      return new Job.Closed();
    }

    @Transition
    Job.Closed twice(Job.Open from, Context one, Context two) {
      return new Job.Closed();
    }

    @Query
    String ask(Job now, Context ctx) {
      return "";
    }
  }

  @Test
  void reportsContextsInWrongPlaces() {
    var refused = catchThrowableOfType(RefusedException.class, () -> Machine.of(new Wrong()));
    assertThat((List<?>) refused.problem().members().get("problems"))
        .map(String.class::cast)
        .contains(
            "method first(Context): expected @Initial without Context, got one; an instance that"
                + " nobody asked for runs no handler",
            "method early(Open, Context, Key): expected the Context as last parameter, got it"
                + " earlier",
            "method twice(Open, Context, Context): expected the Context as last parameter, got it"
                + " earlier",
            "method ask(Job, Context): expected @Query without Context, got one; it only reads")
        .anyMatch(problem -> problem.startsWith("retention: duration: expected a number"));
  }
}
