// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import dev.detent.DetentException;
import dev.detent.ErrorCode;
import dev.detent.Problem;
import dev.detent.codec.Json;
import dev.detent.codec.Value;
import java.util.List;

/// Decides the commands of the [DocumentMachine].
final class DocumentActions {
  private static final List<String> MUTATE = List.of("state", "reason", "force", "strict");

  private DocumentActions() {}

  static Outcome create(Situation situation) {
    requireNone(situation.input());
    requireNoString(situation);
    return entered(StateDocument.EMPTY);
  }

  static Outcome set(Situation situation) {
    StateDocument document = StateDocument.parse(situation.input());
    requireNoString(situation);
    return entered(document);
  }

  /// Refuses to replace a plain string unasked.
  private static void requireNoString(Situation situation) {
    Value value = situation.value();
    if (value != null && StateDocument.of(value) == null) {
      throw plain(situation);
    }
  }

  static Outcome put(Situation situation) {
    Json input = situation.input();
    var fields = DocumentFields.of("input", input, List.of("string", "base64"));
    if (fields.members().size() != 1) {
      String what = "input: expected one of string and base64, got " + fields.members().size();
      throw Problem.of(ErrorCode.INVALID_INPUT, what).with("path", "").exception();
    }
    fields.text("string", "");
    fields.text("base64", "");
    return new Outcome.Move("", Value.of(input), null);
  }

  static Outcome mutate(Situation situation) {
    var fields = DocumentFields.of("input", situation.input(), MUTATE);
    String target = fields.state("state", null);
    String reason = fields.members().containsKey("reason") ? fields.text("reason", "") : null;
    boolean force = fields.flag("force");
    boolean strict = fields.flag("strict");
    StateDocument before = held(situation);
    boolean edge = before.targets().contains(target);
    boolean known = strict ? before.maps(target) : before.knows(target);
    if (!known || !(edge || force)) {
      throw notAllowed(situation, before, target);
    }
    Value value = before.in(target, reason).value();
    return edge ? new Outcome.Move(target, value, null) : new Outcome.Forced(target, value, null);
  }

  static Outcome reset(Situation situation) {
    requireNone(situation.input());
    StateDocument before = held(situation);
    return entered(before.in(before.initial(), null));
  }

  static Outcome delete(Situation situation) {
    requireNone(situation.input());
    return new Outcome.Deleted(Json.NULL);
  }

  private static Outcome entered(StateDocument document) {
    return new Outcome.Move(document.current(), document.value(), null);
  }

  private static StateDocument held(Situation situation) {
    Value value = situation.value();
    StateDocument document = value == null ? null : StateDocument.of(value);
    if (document == null) {
      throw plain(situation);
    }
    return document;
  }

  private static DetentException plain(Situation situation) {
    String what = situation.key() + ": expected a state machine, got a plain string; delete it";
    return Problem.of(ErrorCode.TRANSITION_NOT_ALLOWED, what)
        .with("type", "string")
        .with("state", "")
        .with("allowed", List.of("put", "delete"))
        .exception();
  }

  private static DetentException notAllowed(
      Situation situation, StateDocument document, String target) {
    String options = String.join(", ", document.targets());
    String detail =
        "%s: state %s can't be entered from state %s; allowed: %s"
            .formatted(
                situation.key(), target, document.current(), options.isEmpty() ? "none" : options);
    return Problem.of(ErrorCode.TRANSITION_NOT_ALLOWED, detail)
        .with("state", document.current())
        .with("allowed", List.copyOf(document.targets()))
        .exception();
  }

  private static void requireNone(Json input) {
    if (!input.isNull() && !input.text().equals("{}")) {
      String what = "input: expected none, got " + Problems.shown(input.text());
      throw Problem.of(ErrorCode.INVALID_INPUT, what).with("path", "").exception();
    }
  }
}
