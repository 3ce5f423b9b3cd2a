// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.Key;
import dev.detent.codec.Json;
import dev.detent.store.InvocationRow;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Writes and reads requests for [Wire].
///
/// Each variant is taken apart by its components, so that a new one does not compile until it is
/// carried too.
final class RequestMessage {
  private static final String EXISTS = "*";

  private RequestMessage() {}

  static Json write(Request request) {
    return switch (request) {
      case Request.Call(Key key, String command, Json input, String token, var precondition) ->
          command("call", key, command, input)
              .text("idempotencyKey", token)
              .text("precondition", text(precondition))
              .json();
      case Request.Send(Key key, String command, Json input, String token, Duration delay) ->
          command("send", key, command, input)
              .text("idempotencyKey", token)
              .duration("delay", delay)
              .json();
      case Request.Deliver deliver -> write(deliver);
      case Request.Read(Key key) -> type("read").key(key).json();
      case Request.Ask(Key key, String query) -> type("ask").key(key).text("query", query).json();
      case Request.Control(String invocation, Request.Action action) ->
          type("control").text("invocation", invocation).word("action", action).json();
      case Request.Complete(String awakeable, Json value, String rejection) ->
          type("complete")
              .text("awakeable", awakeable)
              .json("value", value)
              .text("rejection", rejection)
              .json();
      case Request.Signal(String invocation, String name, Json value) ->
          type("signal")
              .text("invocation", invocation)
              .text("name", name)
              .json("value", value)
              .json();
      case Request.Await(String invocation, Duration patience) ->
          type("await").text("invocation", invocation).duration("patience", patience).json();
    };
  }

  private static Json write(Request.Deliver deliver) {
    return switch (deliver) {
      case Request.Deliver(
              Key key,
              String command,
              Json input,
              String id,
              InvocationRow.Parent parent,
              long dueAt,
              boolean answered) ->
          command("deliver", key, command, input)
              .text("id", id)
              .group("parent", InvocationMessage.write(parent))
              .number("dueAt", dueAt)
              .flag("answered", answered)
              .json();
    };
  }

  private static Fields command(String type, Key key, String command, Json input) {
    return type(type).key(key).text("command", command).json("input", input);
  }

  private static Fields type(String type) {
    return new Fields().text("type", type);
  }

  private static @Nullable String text(Precondition precondition) {
    return switch (precondition) {
      case Precondition.None() -> null;
      case Precondition.Exists() -> EXISTS;
      case Precondition.Version(long version) -> Long.toString(version);
    };
  }

  static Request read(Members from) {
    return switch (from.text("type")) {
      case "call" ->
          new Request.Call(
              from.key(),
              from.text("command"),
              from.json("input"),
              from.textOrNull("idempotencyKey"),
              precondition(from));
      case "send" ->
          new Request.Send(
              from.key(),
              from.text("command"),
              from.json("input"),
              from.textOrNull("idempotencyKey"),
              from.duration("delay"));
      case "deliver" ->
          new Request.Deliver(
              from.key(),
              from.text("command"),
              from.json("input"),
              from.text("id"),
              InvocationMessage.parent(from.group("parent")),
              from.number("dueAt"),
              from.flag("answered"));
      case "read" -> new Request.Read(from.key());
      case "ask" -> new Request.Ask(from.key(), from.text("query"));
      case "control" ->
          new Request.Control(from.text("invocation"), from.word("action", Request.Action.class));
      case "complete" ->
          new Request.Complete(
              from.text("awakeable"), from.json("value"), from.textOrNull("rejection"));
      case "signal" ->
          new Request.Signal(from.text("invocation"), from.text("name"), from.json("value"));
      case "await" -> new Request.Await(from.text("invocation"), from.duration("patience"));
      default -> throw from.wrong("type", "a request that this node knows");
    };
  }

  private static Precondition precondition(Members from) {
    String text = from.textOrNull("precondition");
    if (text == null) {
      return Precondition.NONE;
    }
    if (text.equals(EXISTS)) {
      return Precondition.EXISTS;
    }
    try {
      return new Precondition.Version(Long.parseLong(text));
    } catch (NumberFormatException e) {
      throw from.wrong("precondition", "'*' or a version");
    }
  }
}
