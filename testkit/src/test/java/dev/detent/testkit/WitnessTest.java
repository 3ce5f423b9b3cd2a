// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.ErrorCode;
import dev.detent.Key;
import dev.detent.Offset;
import dev.detent.Problem;
import dev.detent.codec.Json;
import dev.detent.store.EventRow;
import dev.detent.testkit.Ground.Landing;
import dev.detent.testkit.Ground.Sight;
import dev.detent.testkit.WalkReport.Edge;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Shows that a walk would see what an engine must never do.
final class WitnessTest {
  private static final Edge EDGE = new Edge("A", "go", "");
  private static final Landing NO =
      new Landing.Refused(Problem.of(ErrorCode.TRANSITION_NOT_ALLOWED, "no"));

  /// Keeps one instance in memory and lets it be changed behind the witness's back.
  private static final class Loose implements Ground {
    private @Nullable Sight sight = new Sight("A", Json.EMPTY, 1);
    private final List<EventRow> log = new ArrayList<>();
    private long offset = 1;

    void event(String key, @Nullable String from, String to, long version) {
      offset++;
      log.add(
          new EventRow(
              new Offset(0, offset),
              new Key("m", key),
              version,
              "go",
              from,
              to,
              "null",
              0,
              "command",
              false,
              null));
    }

    @Override
    public String freshKey() {
      return "k";
    }

    @Override
    public Landing command(String key, String command, Json input) {
      return NO;
    }

    @Override
    public Landing wait(String key, long version, Duration after) {
      return NO;
    }

    @Override
    public @Nullable Sight look(String key) {
      return sight;
    }

    @Override
    public List<EventRow> history(String key, long after) {
      return log.stream()
          .filter(event -> event.key().key().equals(key) && event.version() > after)
          .toList();
    }

    @Override
    public long lastOffset(String key) {
      return offset;
    }

    @Override
    public List<EventRow> log(String key, long after) {
      return log.stream().filter(event -> event.offset().offset() > after).toList();
    }

    @Override
    public void close() {}
  }

  private final Loose ground = new Loose();
  private final Witness witness = new Witness(ground);
  private final Witness.Trace before = witness.look("k");

  @Test
  void isContentWithARefusalWithoutTrace() {
    ground.event("other", "A", "B", 7);
    assertThat(witness.refused(EDGE, before, NO)).isTrue();
    assertThat(witness.problems()).isEmpty();
  }

  @Test
  void seesThatARefusalWasNone() {
    assertThat(witness.refused(EDGE, before, new Landing.At("B", 2))).isFalse();
    assertThat(witness.refused(EDGE, before, new Landing.Stuck("it hangs"))).isFalse();
    Problem other = Problem.of(ErrorCode.INTERNAL, "oops");
    assertThat(witness.refused(EDGE, before, new Landing.Refused(other))).isFalse();
    assertThat(witness.problems())
        .containsExactly(
            "A --go--> : expected a refusal, got state B",
            "A --go--> : expected a refusal, got none: it hangs",
            "A --go--> : expected TRANSITION_NOT_ALLOWED, got INTERNAL (oops)");
  }

  @Test
  void seesEveryTraceOfARefusal() {
    ground.sight = new Sight("A", Json.parse("{\"a\":1}"), 1);
    assertThat(witness.refused(EDGE, before, NO)).isFalse();
    ground.sight = before.sight();
    ground.event("k", "A", "A", 2);
    assertThat(witness.refused(EDGE, before, NO)).isFalse();
    Witness.Trace later = witness.look("k");
    ground.offset++;
    assertThat(witness.refused(EDGE, later, NO)).isFalse();
    assertThat(witness.problems())
        .hasSize(3)
        .anyMatch(problem -> problem.contains("expected no trace"))
        .anyMatch(problem -> problem.contains("expected no event, got 1"))
        .anyMatch(problem -> problem.contains("expected no offset to be used"));
  }

  @Test
  void wantsTheEventOfAMove() {
    var place = new Walker.Place("k", "A", 1);
    witness.moved(EDGE, place, new Landing.At("B", 2));
    assertThat(witness.problems()).containsExactly("A --go--> : expected an event, got none");
    ground.event("k", "C", "B", 2);
    ground.sight = new Sight("B", Json.EMPTY, 2);
    witness.moved(EDGE, place, new Landing.At("B", 2));
    assertThat(witness.problems())
        .hasSize(2)
        .last()
        .asString()
        .contains("one from C to B of version 2");
    ground.sight = new Sight("A", Json.EMPTY, 2);
    witness.moved(EDGE, place, new Landing.At("B", 2));
    assertThat(witness.problems()).hasSize(3).last().asString().contains("in state B, got");
    witness.moved(EDGE, place, new Landing.At("B", 1));
    assertThat(witness.problems())
        .hasSize(4)
        .last()
        .asString()
        .contains("for another state, got none");
  }
}
