// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.detent.DetentException;
import dev.detent.ErrorCode;
import dev.detent.FailedException;
import dev.detent.Key;
import dev.detent.Problem;
import dev.detent.annotation.After;
import dev.detent.annotation.Final;
import dev.detent.annotation.Initial;
import dev.detent.annotation.Query;
import dev.detent.annotation.StateMachine;
import dev.detent.annotation.Transition;
import dev.detent.codec.Codec;
import dev.detent.codec.Json;
import dev.detent.codec.Value;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class AnnotatedClassTest {
  private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");

  @StateMachine("resource")
  static final class ResourceMachine {
    sealed interface Resource {
      record Down() implements Resource {}

      sealed interface Running extends Resource {}

      record Up(String url) implements Running {}

      record Slow(String url, int grade) implements Running {}

      @Final
      record Gone(String by, Instant at) implements Resource {}
    }

    record Settings(String url, Optional<Integer> grade) {
      Settings {
        if (url.isBlank()) {
          throw new IllegalArgumentException("url must not be blank");
        }
      }
    }

    @Initial
    Resource.Down down() {
      return new Resource.Down();
    }

    @Transition(description = "starts it")
    Next<? extends Resource.Running, String> setUp(Resource.Down from, Key key, Settings settings) {
      String reply = key.key() + " is now UP";
      return settings.grade().isPresent()
          ? Next.to(new Resource.Slow(settings.url(), settings.grade().get())).reply(reply)
          : Next.to(new Resource.Up(settings.url())).reply(reply);
    }

    @Transition
    Next<Resource.Up, String> setUp(Resource.Up already, Settings ignored) {
      return Next.stay(already).reply("is already UP");
    }

    @Transition
    Resource.Down reset(Resource.Running from) {
      return new Resource.Down();
    }

    @Transition
    Resource.Gone drop(Resource.Running from, Instant now, Optional<String> by) {
      return new Resource.Gone(by.orElse("nobody"), now);
    }

    @Transition
    Next<Resource.Up, Resource.Up> cheat(Resource.Up from) {
      return Next.stay(new Resource.Up("other"));
    }

    @Transition
    Resource.Up fail(Resource.Up from, String how) {
      throw switch (how) {
        case "refuse" -> Problem.of(ErrorCode.ALREADY_EXISTS, "refused on purpose").exception();
        case "silent" -> new IllegalStateException();
        default -> new IllegalStateException("broken: " + how);
      };
    }

    @After("PT30M")
    Resource.Down expire(Resource.Up from) {
      return new Resource.Down();
    }

    @After("500ms")
    Resource.Down expire(Resource.Slow from) {
      return new Resource.Down();
    }

    @Query
    String status(Resource now) {
      return now.toString();
    }

    @Query
    List<Resource> all(Resource.Up now) {
      return List.of(now);
    }

    @Query
    int all(Resource.Slow now, Key key) {
      return key.key().length() + now.grade();
    }
  }

  private final Machine machine = Machine.of(new ResourceMachine());

  @Test
  void readsTheGraphOffTheSignaturesInOrderOfDeclaration() {
    assertThat(machine.name()).isEqualTo("resource");
    assertThat(machine.kind()).isEqualTo(Machine.Kind.JAVA);
    assertThat(machine.states().keySet()).containsExactly("Down", "Up", "Slow", "Gone");
    assertThat(machine.states().values())
        .extracting(State::isFinal)
        .containsExactly(false, false, false, true);
    assertThat(machine.initial()).isEqualTo("Down");
    assertThat(Objects.requireNonNull(machine.implicit()).state()).isEqualTo("Down");
    assertThat(machine.commands()).containsExactly("setUp", "reset", "drop", "cheat", "fail");
    assertThat(machine.allowed("Slow")).containsExactly("reset", "drop");
    assertThat(machine.allowed(null)).isEmpty();
    assertThat(machine.queries().keySet()).containsExactly("status", "all");
    assertThat(Objects.requireNonNull(machine.queries().get("all")).from())
        .containsExactly("Up", "Slow");
    assertThat(machine.timeout("Up", "expire"))
        .extracting(Timeout::after)
        .isEqualTo(Duration.ofMinutes(30));
    assertThat(machine.timeout("Slow", "expire"))
        .extracting(Timeout::after)
        .isEqualTo(Duration.ofMillis(500));
    assertThat(machine.warnings()).isEmpty();
  }

  @Test
  void writesADefinitionThatTheJsonReaderAccepts() {
    assertThat(machine.definition().text())
        .isEqualTo(
            "{\"id\":\"resource\",\"initial\":\"Down\",\"meta\":{\"queries\":[\"status\",\"all\"]},"
                + "\"states\":{\"Down\":{\"on\":{\"setUp\":{\"target\":\"Up\","
                + "\"description\":\"starts it\",\"meta\":{\"targets\":[\"Up\",\"Slow\"]}}}},"
                + "\"Up\":{\"on\":{\"setUp\":\"Up\",\"reset\":\"Down\",\"drop\":\"Gone\","
                + "\"cheat\":\"Up\",\"fail\":\"Up\"},\"after\":{\"30m\":\"Down\"}},"
                + "\"Slow\":{\"on\":{\"reset\":\"Down\",\"drop\":\"Gone\"},"
                + "\"after\":{\"500ms\":\"Down\"}},\"Gone\":{\"type\":\"final\"}}}");
    Machine read = Machine.parse(null, machine.definition());
    assertThat(read.definition()).isEqualTo(machine.definition());
    assertThat(read.hash()).isEqualTo(machine.hash());
    assertThat(Machine.of(new ResourceMachine()).hash()).isEqualTo(machine.hash());
  }

  @Test
  void movesToOneOfSeveralTargetsAndReplies() {
    assertThat(move("Down", "{}", "setUp", "{\"url\":\"u\"}"))
        .isEqualTo("Up {\"url\":\"u\"} -> \"k is now UP\"");
    assertThat(move("Down", "{}", "setUp", "{\"url\":\"u\",\"grade\":3}"))
        .isEqualTo("Slow {\"url\":\"u\",\"grade\":3} -> \"k is now UP\"");
  }

  @Test
  void staysWithAReply() {
    assertThat(decide("Up", "{\"url\":\"u\"}", "setUp", "{\"url\":\"v\"}"))
        .isEqualTo(new Outcome.Stay(Json.string("is already UP")));
  }

  @Test
  void injectsTheTimeAndRepliesWithTheStateByDefault() {
    assertThat(move("Up", "{\"url\":\"u\"}", "drop", "null"))
        .isEqualTo("Gone {\"by\":\"nobody\",\"at\":\"2026-01-31T12:00:00Z\"} -> null");
    assertThat(move("Slow", "{\"url\":\"u\",\"grade\":1,\"old\":true}", "drop", "\"me\""))
        .isEqualTo("Gone {\"by\":\"me\",\"at\":\"2026-01-31T12:00:00Z\"} -> null");
  }

  @Test
  void refusesAnInputThatDoesNotFitOrIsNotTaken() {
    assertThat(refused("Down", "{}", "setUp", "{\"url\":5}"))
        .isEqualTo("INVALID_INPUT input /url: expected text, got 5");
    assertThat(refused("Down", "{}", "setUp", "{\"url\":\" \"}"))
        .isEqualTo("INVALID_INPUT input: url must not be blank");
    assertThat(refused("Down", "{}", "setUp", "null"))
        .isEqualTo("INVALID_INPUT input: expected an object, got nothing");
    assertThat(refused("Up", "{\"url\":\"u\"}", "reset", "{\"x\":1}"))
        .isEqualTo("INVALID_INPUT input: expected none, got {\"x\":1}");
    assertThat(move("Up", "{\"url\":\"u\"}", "reset", "{}")).isEqualTo("Down {} -> null");
  }

  @Test
  void reportsWhatTheCodeThrew() {
    String up = "{\"url\":\"u\"}";
    assertThat(refused("Up", up, "fail", "\"x\"")).isEqualTo("HANDLER_FAILED broken: x");
    assertThat(refused("Up", up, "fail", "\"silent\""))
        .isEqualTo("HANDLER_FAILED IllegalStateException");
    assertThat(refused("Up", up, "fail", "\"refuse\""))
        .isEqualTo("ALREADY_EXISTS refused on purpose");
    assertThat(refused("Up", up, "cheat", "null"))
        .isEqualTo(
            "HANDLER_FAILED method cheat(Up): expected Next.stay with the state that it was given,"
                + " got another; use Next.to to change it");
  }

  @Test
  void keepsTheCauseOfAFailure() {
    var failed =
        catchThrowableOfType(
            FailedException.class, () -> decide("Up", "{\"url\":\"u\"}", "fail", "\"x\""));
    assertThat(failed).hasCauseInstanceOf(IllegalStateException.class);
  }

  @Test
  void answersQueriesByState() {
    assertThat(ask("Down", "{}", "status")).isEqualTo("\"Down[]\"");
    assertThat(ask("Up", "{\"url\":\"u\"}", "all")).isEqualTo("[{\"type\":\"Up\",\"url\":\"u\"}]");
    assertThat(ask("Slow", "{\"url\":\"u\",\"grade\":4}", "all")).isEqualTo("5");
  }

  private String ask(String state, String held, String query) {
    return Objects.requireNonNull(machine.queries().get(query))
        .function()
        .apply(situation(state, held, "null"))
        .text();
  }

  private String move(String state, String held, String command, String input) {
    var move = (Outcome.Move) decide(state, held, command, input);
    return move.state() + " " + move.value().json() + " -> " + move.reply();
  }

  private String refused(String state, String held, String command, String input) {
    var e = catchThrowableOfType(DetentException.class, () -> decide(state, held, command, input));
    return e.code() + " " + e.getMessage();
  }

  private Outcome decide(String state, String held, String command, String input) {
    var transition = Objects.requireNonNull(machine.transition(state, command));
    return transition.action().apply(situation(state, held, input));
  }

  private static Situation situation(@Nullable String state, String held, String input) {
    Value value = state == null ? null : Value.of(Json.parse(held));
    return new Situation(new Key("resource", "k"), state, value, Json.parse(input), NOW);
  }

  @StateMachine("life")
  static class LifeMachine {
    sealed interface Life {
      record Alive(Instant bornAt) implements Life {}

      @Final
      record Dead(Instant bornAt, Instant diedAt) implements Life {}
    }

    record Birth() {}

    @Initial
    Life.Alive birth(Birth birth, Instant now) {
      return new Life.Alive(now);
    }

    @Transition
    Life.Alive adopt(Instant now) {
      return new Life.Alive(now);
    }

    @Transition
    Life.Dead death(Life.Alive from, Instant now) {
      return new Life.Dead(from.bornAt(), now);
    }
  }

  @Test
  void createsInstancesByTransitionsWithoutAFromState() {
    Machine life = Machine.of(new LifeMachine(), Codec.standard());
    assertThat(life.implicit()).isNull();
    assertThat(life.initial()).isEqualTo("Alive");
    assertThat(life.allowed(null)).containsExactly("birth", "adopt");
    assertThat(life.allowed("Alive")).containsExactly("death");
    assertThat(life.transition("Alive", "birth")).isNull();
    assertThat(life.warnings()).isEmpty();
    assertThat(life.definition().members().get("meta"))
        .isEqualTo(Json.parse("{\"create\":{\"birth\":\"Alive\",\"adopt\":\"Alive\"}}"));
    var birth = Objects.requireNonNull(life.transition(null, "birth"));
    assertThat(birth.from()).isEmpty();
    var move = (Outcome.Move) birth.action().apply(situation(null, "", "null"));
    assertThat(move.value().json().text()).isEqualTo("{\"bornAt\":\"2026-01-31T12:00:00Z\"}");
  }
}
