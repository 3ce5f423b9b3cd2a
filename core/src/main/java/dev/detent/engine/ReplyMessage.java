// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.Key;
import dev.detent.Problem;
import dev.detent.codec.Json;
import dev.detent.codec.ProblemText;
import dev.detent.codec.Value;
import dev.detent.store.InvocationRow;
import org.jspecify.annotations.Nullable;

/// Writes and reads replies for [Wire].
///
/// Each variant is taken apart by its components, so that a new one does not compile until it is
/// carried too.
final class ReplyMessage {
  private ReplyMessage() {}

  static Json write(Reply reply) {
    return switch (reply) {
      case Reply.Done(String id, Json output, String state, long version, boolean replayed) ->
          type("done")
              .text("id", id)
              .json("output", output)
              .text("state", state)
              .number("version", version)
              .flag("replayed", replayed)
              .json();
      case Reply.Accepted(String id, boolean previously) ->
          type("accepted").text("id", id).flag("previously", previously).json();
      case Reply.Found(Instance instance, Running running) ->
          type("found").group("instance", write(instance)).group("running", write(running)).json();
      case Reply.Answer(Json output, Instance instance) ->
          type("answer").json("output", output).group("instance", write(instance)).json();
      case Reply.Standing(String id, InvocationRow.Status status, boolean changed) ->
          type("standing").text("id", id).word("status", status).flag("changed", changed).json();
      case Reply.Refused(Problem problem, String id, boolean replayed) ->
          type("refused")
              .json("problem", Json.trusted(ProblemText.write(problem)))
              .text("id", id)
              .flag("replayed", replayed)
              .json();
    };
  }

  static Reply read(Members from) {
    return switch (from.text("type")) {
      case "done" ->
          new Reply.Done(
              from.text("id"),
              from.json("output"),
              from.text("state"),
              from.number("version"),
              from.flag("replayed"));
      case "accepted" -> new Reply.Accepted(from.text("id"), from.flag("previously"));
      case "found" ->
          new Reply.Found(
              instance(from.group("instance")),
              from.has("running") ? running(from.group("running")) : null);
      case "answer" -> new Reply.Answer(from.json("output"), instance(from.group("instance")));
      case "standing" ->
          new Reply.Standing(
              from.text("id"),
              from.word("status", InvocationRow.Status.class),
              from.flag("changed"));
      case "refused" ->
          new Reply.Refused(problem(from), from.textOrNull("id"), from.flag("replayed"));
      default -> throw from.wrong("type", "a reply that this node knows");
    };
  }

  private static Fields type(String type) {
    return new Fields().text("type", type);
  }

  private static Problem problem(Members from) {
    var _ = from.group("problem").text("detail");
    try {
      return ProblemText.read(from.json("problem").text());
    } catch (IllegalArgumentException e) {
      throw from.wrong("problem", "a code that this node knows");
    }
  }

  private static Fields write(Instance instance) {
    return switch (instance) {
      case Instance(
              Key key,
              String state,
              Value value,
              long version,
              String definition,
              long createdAt,
              long updatedAt,
              long enteredAt,
              int timers) ->
          new Fields()
              .key(key)
              .text("state", state)
              .json("value", value.json())
              .number("version", version)
              .text("definition", definition)
              .number("createdAt", createdAt)
              .number("updatedAt", updatedAt)
              .number("enteredAt", enteredAt)
              .number("timers", timers);
    };
  }

  private static Instance instance(Members from) {
    return new Instance(
        from.key(),
        from.text("state"),
        Value.of(from.json("value")),
        from.number("version"),
        from.text("definition"),
        from.number("createdAt"),
        from.number("updatedAt"),
        from.number("enteredAt"),
        from.smallNumber("timers"));
  }

  private static @Nullable Fields write(@Nullable Running running) {
    return running == null
        ? null
        : new Fields()
            .group("invocation", InvocationMessage.write(running.invocation()))
            .number("queued", running.queued());
  }

  private static Running running(Members from) {
    return new Running(
        InvocationMessage.read(from.group("invocation")), from.smallNumber("queued"));
  }
}
