// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.detent.ErrorCode;
import dev.detent.Key;
import dev.detent.RefusedException;
import dev.detent.codec.Json;
import dev.detent.codec.Value;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonDefinitionTest {
  private static final String TURNSTILE =
      """
      {"id": "turnstile", "initial": "locked", "states": {
        "locked": {"on": {"coin": "unlocked"}},
        "unlocked": {"on": {"push": {"target": "locked", "description": "goes through"},
                            "coin": [{"target": "unlocked"}]},
                     "after": {"30s": "locked"}}}}
      """;

  @Test
  void readsStatesCommandsAndTimeouts() {
    Machine machine = parse(null, TURNSTILE);

    assertThat(machine.name()).isEqualTo("turnstile");
    assertThat(machine.kind()).isEqualTo(Machine.Kind.JSON);
    assertThat(machine.states().keySet()).containsExactly("locked", "unlocked");
    assertThat(machine.initial()).isEqualTo("locked");
    assertThat(machine.implicit()).isEqualTo(new Implicit("locked", Value.EMPTY));
    assertThat(machine.commands()).containsExactly("coin", "push");
    assertThat(machine.allowed("unlocked")).containsExactly("push", "coin");
    assertThat(machine.allowed("nowhere")).isEmpty();
    assertThat(machine.allowed(null)).isEmpty();
    assertThat(machine.transition("locked", "push")).isNull();
    assertThat(machine.transition(null, "coin")).isNull();
    assertThat(machine.transition("unlocked", "push"))
        .extracting(Transition::to, Transition::description)
        .containsExactly(Set.of("locked"), "goes through");
    assertThat(machine.timeouts("locked")).isEmpty();
    assertThat(machine.timeout("unlocked", "after.30s"))
        .extracting(Timeout::after)
        .isEqualTo(Duration.ofSeconds(30));
    assertThat(machine.timeout("unlocked", "after.31s")).isNull();
    assertThat(machine.transitions()).hasSize(4);
    assertThat(machine.warnings()).isEmpty();
    assertThat(machine.strict()).isSameAs(machine);
  }

  @Test
  void givesTheDefinitionBackAsItWasSentButForWhiteSpace() {
    Machine machine = parse("turnstile", TURNSTILE);
    assertThat(machine.definition()).isEqualTo(Json.parse(TURNSTILE));

    Machine nameless = parse("t", "{\"states\": {\"a\": { }}, \"initial\": \"a\"}");
    assertThat(nameless.definition().text())
        .isEqualTo("{\"id\":\"t\",\"states\":{\"a\":{}},\"initial\":\"a\"}");
    assertThat(parse(null, nameless.definition().text()).hash()).isEqualTo(nameless.hash());
  }

  @Test
  void hashesEqualDefinitionsEqually() {
    String one = "{\"initial\":\"a\",\"states\":{\"a\":{\"on\":{\"x\":\"b\"}},\"b\":{}}}";
    String two = "{\"states\":{\"b\":{},\"a\":{\"on\":{\"x\":\"b\"}}},\"initial\":\"\\u0061\"}";
    String other = "{\"initial\":\"a\",\"states\":{\"a\":{\"on\":{\"y\":\"b\"}},\"b\":{}}}";
    assertThat(parse("m", one).hash()).isEqualTo(parse("m", two).hash()).hasSize(16);
    assertThat(parse("m", one).hash()).isNotEqualTo(parse("m", other).hash());
    assertThat(parse("m", one).hash()).isNotEqualTo(parse("n", one).hash());
  }

  @Test
  void mergesInputsIntoWhatTheInstanceHolds() {
    Machine machine = parse("turnstile", TURNSTILE);
    assertThat(move(machine, "{\"a\":1,\"b\":2}", "{\"b\":null,\"c\":3}"))
        .isEqualTo("{\"a\":1,\"b\":null,\"c\":3}");
    assertThat(move(machine, "{\"a\":1}", "null")).isEqualTo("{\"a\":1}");
    assertThat(move(machine, "{}", "{}")).isEqualTo("{}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "\"x\"", "[]", "true"})
  void refusesAnInputThatIsNoObject(String input) {
    Machine machine = parse("turnstile", TURNSTILE);
    var refused = catchThrowableOfType(RefusedException.class, () -> move(machine, "{}", input));
    assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_INPUT);
    assertThat(refused).hasMessage("input: expected an object or nothing, got " + input);
    assertThat(refused.problem().members()).containsEntry("path", "");
  }

  private static String move(Machine machine, String held, String input) {
    Transition coin = Objects.requireNonNull(machine.transition("locked", "coin"));
    var situation =
        new Situation(
            new Key("turnstile", "k"),
            "locked",
            Value.of(Json.parse(held)),
            Json.parse(input),
            Instant.EPOCH);
    var move = (Outcome.Move) coin.action().apply(situation);
    assertThat(move.state()).isEqualTo("unlocked");
    assertThat(move.reply()).isNull();
    return move.value().json().text();
  }

  /// Each paragraph is a definition and the problem that it has.
  private static final String BROKEN =
      """
      []
      definition: expected an object, got []

      {"initial":"a"}
      /states: expected an object of states, got nothing

      {"initial":"a","states":[]}
      /states: expected an object of states, got []

      {"initial":"a","states":{}}
      states: expected at least one, got none

      {"states":{"a":{}}}
      /initial: expected the name of a state, got nothing

      {"initial":["a"],"states":{"a":{}}}
      /initial: expected the name of a state, got ["a"]

      {"initial":"b","states":{"a":{}}}
      initial state: expected a declared state, got 'b'; declared: a

      {"id":"x","initial":"a","states":{"a":{}}}
      /id: expected the machine's name "m" or nothing, got "x"

      {"id":1,"initial":"a","states":{"a":{}}}
      /id: expected text, got 1

      {"initial":"a","states":{"a":1}}
      /states/a: expected an object, got 1

      {"initial":"a","states":{"":{}, "a":{}}}
      state name: expected 1 to 64 bytes of UTF-8 without control characters, got ''; rename it

      {"initial":"a","states":{"\\u0001":{}, "a":{}}}
      state name: expected 1 to 64 bytes of UTF-8 without control characters, got '\ufffd'; rename
      it

      {"initial":"a","states":{"\\ud800":{}, "a":{}}}
      state name: expected 1 to 64 bytes of UTF-8 without control characters, got '\ufffd'; rename
      it

      {"initial":"a","context":{},"states":{"a":{}}}
      /context: unknown key 'context', expected only id, initial, states, description, meta here;
      remove it

      {"initial":"a","states":{"a":{"entry":"x"}}}
      /states/a/entry: unknown key 'entry', expected only on, after, type, description, meta here;
      remove it

      {"initial":"a","states":{"a":{"on":{"x":{"target":"a","guard":"g"}}}}}
      /states/a/on/x/guard: unknown key 'guard', expected only target, description, meta here;
      remove it

      {"initial":"a","states":{"a":{"on":[]}}}
      /states/a/on: expected an object, got []

      {"initial":"a","states":{"a":{"on":{"x":"b"}}}}
      /states/a/on/x: expected a declared state (a), got "b"

      {"initial":"a","states":{"a":{"on":{"x":{"target":"b"}}}}}
      /states/a/on/x/target: expected a declared state (a), got "b"

      {"initial":"a","states":{"a":{"on":{"x":{}}}}}
      /states/a/on/x/target: expected the name of a state, got nothing

      {"initial":"a","states":{"a":{"on":{"x":null}}}}
      /states/a/on/x: expected the name of a state, got null

      {"initial":"a","states":{"a":{"on":{"x":["a","a"]}}}}
      /states/a/on/x: expected one target, got a list of 2; several targets are refused until
      guards exist to choose between them

      {"initial":"a","states":{"a":{"on":{"send":"a"}}}}
      command name: expected one that is not reserved, got 'send'

      {"initial":"a","states":{"a":{"on":{"x y":"a"}}}}
      command name: expected [A-Za-z][A-Za-z0-9_.-]{0,63}, got 'x y'; rename it

      {"initial":"a","states":{"a":{"after":{"30":"a"}}}}
      /states/a/after/30: expected a duration with its unit, such as "30ms" or "30s", got "30"

      {"initial":"a","states":{"a":{"after":{"soon":"a"}}}}
      /states/a/after/soon: duration: expected a number with a unit, such as 500ms, 10s, 5m, 2h or
      1d, or ISO-8601 such as PT30S, got 'soon'

      {"initial":"a","states":{"a":{"after":{"1s":"a","PT1S":"a"}}}}
      state a, after after.1s: expected timeouts of different lengths, got two of the same

      {"initial":"a","states":{"a":{"after":{"60ms":"b"}},"b":{"after":{"39ms":"a"}}}}
      timeouts: expected a cycle of timeouts to last at least 100ms, got 99ms from state a back to
      it; make one of them longer

      {"initial":"a","states":{"a":{"after":{"0s":"a"}}}}
      timeouts: expected a cycle of timeouts to last at least 100ms, got 0ms from state a back to
      it; make one of them longer

      {"initial":"a","states":{"a":{"type":"final","on":{"x":"a"}}}}
      state a: expected nothing to lead out of a final state, got transitions; drop them or do not
      mark it final

      {"initial":"a","states":{"a":{"type":"parallel"}}}
      /states/a/type: expected "final" or nothing, got "parallel"

      {"initial":"a","states":{"a":{"description":1}}}
      /states/a/description: expected text, got 1

      {"initial":"a","states":{"a":{"meta":1}}}
      /states/a/meta: expected an object, got 1
      """;

  private static List<Arguments> broken() {
    return Stream.of(BROKEN.strip().split("\n\n"))
        .map(paragraph -> paragraph.split("\n", 2))
        .map(lines -> Arguments.of(lines[0], lines[1].replace('\n', ' ')))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("broken")
  void reportsAProblemWithItsPlace(String definition, String problem) {
    assertThat(problems("m", definition)).contains(problem);
  }

  @Test
  void takesACycleOfTimeoutsThatLastsLongEnough() {
    String definition =
        """
        {"initial":"a","states":{"a":{"after":{"60ms":"b"}},"b":{"after":{"40ms":"a"}}}}
        """;
    assertThat(parse("m", definition).warnings()).isEmpty();
  }

  @Test
  void warnsOfUnreachableStatesAndDeadEnds() {
    String definition =
        """
        {"initial":"a","states":{
          "a":{"on":{"x":"b","y":"end"}}, "b":{"on":{"x":"b"}}, "c":{"on":{"x":"a"}},
          "d":{"after":{"1s":"e"}}, "e":{}, "end":{"type":"final"}}}
        """;
    Machine machine = parse("m", definition);
    assertThat(machine.warnings())
        .containsExactly(
            "state c: no transition leads to it",
            "state d: no transition leads to it",
            "state e: no transition leads to it",
            "state b: nothing leads out of it; mark it final if that is meant",
            "state e: nothing leads out of it; mark it final if that is meant");
    var refused = catchThrowableOfType(RefusedException.class, machine::strict);
    assertThat(refused.problem().members()).containsEntry("problems", machine.warnings());
  }

  @Test
  void reachesStatesByTimeouts() {
    String definition =
        """
        {"initial":"a","states":{"a":{"after":{"1s":"b"}},"b":{"type":"final"}}}
        """;
    assertThat(parse("m", definition).warnings()).isEmpty();
  }

  @Test
  void reportsTextThatIsNoJsonAsAProblemOfTheDefinition() {
    byte[] text = "{\"id\":".getBytes(StandardCharsets.UTF_8);
    var refused = catchThrowableOfType(RefusedException.class, () -> Machine.parse("m", text));
    assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_DEFINITION);
    assertThat(refused.problem().members())
        .containsEntry(
            "problems", List.of("JSON, line 1, column 7: expected a value, got the end"));
  }

  @Test
  void refusesMoreStatesThanTheLimitAndListsABoundedNumberOfProblems() {
    String states =
        IntStream.range(0, 2_000)
            .mapToObj(i -> "\"s" + i + "\":{\"bad\":1}")
            .collect(Collectors.joining(","));
    List<String> problems = problems("m", "{\"initial\":\"s0\",\"states\":{" + states + "}}");
    assertThat(problems).hasSize(101).last().isEqualTo("and 1901 more");
  }

  @Test
  void reportsAllProblemsAtOnce() {
    String definition =
        """
        {"initial":"x","bad":1,"states":{"a/b":{"on":{"go":"y","send":"a/b"}}}}
        """;
    assertThat(problems("api", definition))
        .containsExactly(
            "/bad: unknown key 'bad', expected only id, initial, states, description, meta here;"
                + " remove it",
            "/states/a~1b/on/go: expected a declared state (a/b), got \"y\"",
            "machine name: expected one that is not reserved, got 'api'",
            "command name: expected one that is not reserved, got 'send'",
            "initial state: expected a declared state, got 'x'; declared: a/b");
  }

  @Test
  void checksNamesAndCyclesOfADefinitionThatIsWrongElsewhere() {
    String definition =
        """
        {"initial":"a","states":{"a":{"on":{"send":"nowhere","1":["a","a"]},"after":{"1ms":"a"}}}}
        """;

    assertThat(problems("m", definition))
        .hasSize(5)
        .anyMatch(problem -> problem.contains("not reserved, got 'send'"))
        .anyMatch(problem -> problem.contains("command name") && problem.contains("got '1'"))
        .anyMatch(problem -> problem.startsWith("timeouts: expected a cycle"));
  }

  private static Machine parse(@Nullable String name, String definition) {
    return Machine.parse(name, definition.getBytes(StandardCharsets.UTF_8));
  }

  private static List<String> problems(String name, String definition) {
    var refused = catchThrowableOfType(RefusedException.class, () -> parse(name, definition));
    assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_DEFINITION);
    assertThat(refused).hasMessageStartingWith("definition of machine " + name + ": ");
    return ((List<?>) refused.problem().members().get("problems"))
        .stream().map(String.class::cast).toList();
  }
}
