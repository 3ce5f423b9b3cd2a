// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.detent.ErrorCode;
import dev.detent.Key;
import dev.detent.Problem;
import dev.detent.RefusedException;
import dev.detent.codec.Json;
import dev.detent.codec.Value;
import dev.detent.store.InvocationRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class WireTest {
  private static final Key KEY = new Key("order", "\u00e4/\"\\ \ud83d\ude00");
  private static final Json INPUT = Json.parse("{\"amount\":1.00,\"note\":\"\\ud800\",\"n\":null}");
  private static final InvocationRow.Parent PARENT =
      new InvocationRow.Parent("i3-7-2k", 2, "1.0.4", "[\"a/b\"]");
  private static final InvocationRow.Run RUN =
      new InvocationRow.Run(1, 2, 3, 4, true, "{\"code\":\"INTERNAL\"}");
  private static final InvocationRow.End END =
      new InvocationRow.End(5, 6, "7", "{}", "Up", Long.MAX_VALUE);

  private static Stream<Request> requests() {
    var requests = new ArrayList<Request>();
    for (Json input : List.of(Json.NULL, Json.EMPTY, INPUT)) {
      requests.add(new Request.Call(KEY, "pay", input, null, Precondition.NONE));
      requests.add(new Request.Signal("i3-7-2k", "go", input));
      requests.add(new Request.Complete("i3-7-2k~0~4", input, null));
    }
    requests.add(new Request.Call(KEY, "pay", INPUT, "", Precondition.EXISTS));
    requests.add(new Request.Call(KEY, "pay", INPUT, "token", new Precondition.Version(0)));
    requests.add(
        new Request.Call(KEY, "pay", INPUT, null, new Precondition.Version(Long.MAX_VALUE)));
    requests.add(new Request.Send(KEY, "pay", INPUT, null, Duration.ZERO));
    requests.add(new Request.Send(KEY, "pay", INPUT, "token", Duration.ofDays(3_650)));
    requests.add(new Request.Send(KEY, "pay", INPUT, null, Duration.ofNanos(-1)));
    requests.add(new Request.Deliver(KEY, "pay", INPUT, "i3-5_9-1", PARENT, 0, true));
    requests.add(new Request.Deliver(KEY, "pay", INPUT, "i3-5_9-1", PARENT, Long.MAX_VALUE, false));
    requests.add(new Request.Read(KEY));
    requests.add(new Request.Ask(KEY, "status"));
    for (Request.Action action : Request.Action.values()) {
      requests.add(new Request.Control("i3-7-2k", action));
    }
    requests.add(new Request.Complete("i3-7-2k~0~4", Json.NULL, "no"));
    requests.add(new Request.Await("i3-7-2k", Duration.ofMillis(1_500)));
    return requests.stream();
  }

  private static Stream<Reply> replies() {
    var instance = new Instance(KEY, "Up", Value.of(INPUT), 7, "hash", 1, 2, 3, 4);
    var untouched = new Instance(KEY, "Down", Value.EMPTY, 0, "", 0, 0, 0, 0);
    var replies = new ArrayList<Reply>();
    replies.add(new Reply.Done("i3-7-2k", INPUT, "Up", 7, true));
    replies.add(new Reply.Done("i3-7-2k", Json.NULL, "", 0, false));
    replies.add(new Reply.Accepted("i3-7-2k", true));
    replies.add(new Reply.Accepted("i3-7-2k", false));
    replies.add(new Reply.Found(untouched, null));
    replies.add(new Reply.Found(instance, new Running(full(), 9)));
    replies.add(new Reply.Found(instance, new Running(bare(), 0)));
    replies.add(new Reply.Answer(INPUT, instance));
    for (InvocationRow.Status status : InvocationRow.Status.values()) {
      replies.add(new Reply.Standing("i3-7-2k", status, status.open()));
    }
    for (ErrorCode code : ErrorCode.values()) {
      replies.add(new Reply.Refused(Problem.of(code, "what: \"got\"\n")));
    }
    var problem =
        Problem.of(ErrorCode.TRANSITION_NOT_ALLOWED, "no")
            .at(KEY)
            .with("allowed", List.of("pay", "cancel"))
            .with("line", 7)
            .with("stranded", List.of(Map.of("state", "Up", "count", 3)))
            .with("strict", true);
    replies.add(new Reply.Refused(problem, "i3-7-2k", true));
    return replies.stream();
  }

  private static InvocationRow full() {
    return new InvocationRow(
        "i3-7-2k",
        KEY,
        3,
        "pay",
        INPUT.text(),
        "token",
        "print",
        "*",
        InvocationRow.Status.RUNNING,
        "call",
        Long.MAX_VALUE,
        8,
        9,
        PARENT,
        RUN,
        END);
  }

  private static InvocationRow bare() {
    return new InvocationRow(
        "i3-7-2k",
        KEY,
        3,
        "pay",
        "null",
        null,
        null,
        null,
        InvocationRow.Status.PAUSED,
        "send",
        1,
        2,
        3,
        null,
        InvocationRow.Run.NONE,
        null);
  }

  @ParameterizedTest
  @MethodSource("requests")
  void carriesEachRequestWithoutLoss(Request request) {
    Json carried = Json.parse(Wire.write(request).text());

    assertThat(Wire.read(carried)).isEqualTo(new Wire.Message.Asks(request));
  }

  @ParameterizedTest
  @MethodSource("replies")
  void carriesEachReplyWithoutLoss(Reply reply) {
    Json carried = Json.parse(Wire.write(reply).text());

    // A value is no record: it is compared by its JSON.
    assertThat(Wire.readReply(carried))
        .usingRecursiveComparison()
        .withStrictTypeChecking()
        .isEqualTo(reply);
  }

  @Test
  void isTriedWithEveryVariant() {
    assertThat(requests().map(Object::getClass).collect(Collectors.toSet()))
        .isEqualTo(variants(Request.class));
    assertThat(replies().map(Object::getClass).collect(Collectors.toSet()))
        .isEqualTo(variants(Reply.class));
  }

  private static Set<Class<?>> variants(Class<?> type) {
    return type.isSealed()
        ? Arrays.stream(type.getPermittedSubclasses())
            .flatMap(permitted -> variants(permitted).stream())
            .collect(Collectors.toSet())
        : Set.of(type);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          7                                | request of another node: expected an object, got 7
          {}                               | request of another node: expected a member 'type'
          {"type":"dance"}                 | node, type: expected a request that this node knows
          {"type":7}                       | node, type: expected a string, got 7
          {"type":"read","machine":"m"}    | expected a member 'key', got none
          {"type":"read","machine":"m","key":""} | key: expected 1 to 256 bytes of UTF-8
          {"type":"control","invocation":"i","action":"sing"} | action: expected one of [cancel,
          {"type":"await","invocation":"i","patience":"long"} | patience: expected a duration, got
          """)
  void refusesWhatIsNoRequest(String message, String why) {
    assertThatThrownBy(() -> Wire.read(Json.parse(message)))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining(why);
  }

  @Test
  void tellsTheWishToLookFromRequests() {
    assertThat(Wire.read(Wire.look())).isEqualTo(new Wire.Message.Look());
    assertThat(Wire.read(Wire.clear(7))).isEqualTo(new Wire.Message.Clear(7));
    assertThat(Wire.readCleared(Wire.cleared(true))).isTrue();
    assertThat(Wire.readCleared(Wire.cleared(false))).isFalse();
  }

  @Test
  void refusesAReplyThatItDoesNotKnow() {
    assertThatThrownBy(() -> Wire.readReply(Json.parse("{\"type\":\"dance\"}")))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("expected a reply that this node knows, got \"dance\"")
        .hasMessageContaining("run the same release on all nodes");
  }

  @ParameterizedTest
  @MethodSource("requests")
  void refusesOrReadsAnyRequestThatWasTamperedWith(Request request) {
    for (Json tampered : tampered(Wire.write(request))) {
      try {
        assertThat(Wire.read(tampered)).isNotNull();
      } catch (RefusedException e) {
        assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("replies")
  void refusesOrReadsAnyReplyThatWasTamperedWith(Reply reply) {
    for (Json tampered : tampered(Wire.write(reply))) {
      try {
        assertThat(Wire.readReply(tampered)).isNotNull();
      } catch (RefusedException e) {
        assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST);
      }
    }
  }

  /// Returns the object with each of its members, and of theirs, left out or replaced.
  private static List<Json> tampered(Json message) {
    var all = new ArrayList<Json>();
    message
        .members()
        .forEach((name, value) -> {
          var others = new ArrayList<Json>();
          for (String other : List.of("null", "7", "1.5", "1e30", "true", "\"x\"", "{}", "[1]")) {
            others.add(Json.parse(other));
          }
          if (value.isObject()) {
            others.addAll(tampered(value));
          }
          var members = new LinkedHashMap<>(message.members());
          for (Json other : others) {
            members.put(name, other);
            all.add(Json.object(members));
          }
          members.remove(name);
          all.add(Json.object(members));
        });
    return all;
  }
}
