// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.ErrorCode;
import dev.detent.Key;
import dev.detent.Problem;
import dev.detent.codec.Codec;
import dev.detent.codec.Json;
import dev.detent.codec.ProblemText;
import dev.detent.codec.Value;
import dev.detent.store.InvocationRow;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Writes requests and answers as JSON for other nodes, and reads them back.
///
/// **Guarantees**: nothing is lost, no number loses a digit.
///
/// **Errors**: INTERNAL for what this version does not know; nothing of it is done.
final class Wire {
  private static final Codec CODEC = Codec.standard();
  private static final String LOOK = "look";

  private Wire() {}

  /// Holds any request or answer: `kind` says which, what it does not have is null.
  private record Message(
      String kind,
      @Nullable String machine,
      @Nullable String key,
      @Nullable String name,
      @Nullable Json value,
      @Nullable String token,
      @Nullable String precondition,
      @Nullable String id,
      long number,
      boolean flag,
      InvocationRow.@Nullable Parent parent,
      @Nullable String problem,
      @Nullable Life instance,
      @Nullable InvocationRow running) {
    static Message of(String kind) {
      return new Message(
          kind, null, null, null, null, null, null, null, 0, false, null, null, null, null);
    }

    Message at(Key at) {
      return new Message(
          kind,
          at.machine(),
          at.key(),
          name,
          value,
          token,
          precondition,
          id,
          number,
          flag,
          parent,
          problem,
          instance,
          running);
    }

    Message with(String name, Json value) {
      return new Message(
          kind,
          machine,
          key,
          name,
          value,
          token,
          precondition,
          id,
          number,
          flag,
          parent,
          problem,
          instance,
          running);
    }

    Message id(@Nullable String id, long number, boolean flag) {
      return new Message(
          kind,
          machine,
          key,
          name,
          value,
          token,
          precondition,
          id,
          number,
          flag,
          parent,
          problem,
          instance,
          running);
    }

    Message token(@Nullable String token, @Nullable String precondition) {
      return new Message(
          kind,
          machine,
          key,
          name,
          value,
          token,
          precondition,
          id,
          number,
          flag,
          parent,
          problem,
          instance,
          running);
    }

    Message parent(InvocationRow.Parent parent) {
      return new Message(
          kind,
          machine,
          key,
          name,
          value,
          token,
          precondition,
          id,
          number,
          flag,
          parent,
          problem,
          instance,
          running);
    }

    Message problem(@Nullable String problem) {
      return new Message(
          kind,
          machine,
          key,
          name,
          value,
          token,
          precondition,
          id,
          number,
          flag,
          parent,
          problem,
          instance,
          running);
    }

    Message shows(Instance shown, @Nullable InvocationRow runs) {
      return new Message(
          kind,
          machine,
          key,
          name,
          value,
          token,
          precondition,
          id,
          number,
          flag,
          parent,
          problem,
          Life.of(shown),
          runs);
    }

    Key place() {
      return new Key(text(machine), text(key));
    }

    Json json() {
      return value == null ? Json.NULL : value;
    }
  }

  /// Holds an instance.
  private record Life(
      String machine,
      String key,
      String state,
      Json data,
      long version,
      String definition,
      long createdAt,
      long updatedAt,
      long enteredAt,
      int timers) {
    static Life of(Instance of) {
      return new Life(
          of.key().machine(),
          of.key().key(),
          of.state(),
          of.value().json(),
          of.version(),
          of.definition(),
          of.createdAt(),
          of.updatedAt(),
          of.enteredAt(),
          of.timers());
    }

    Instance instance() {
      return new Instance(
          new Key(machine, key),
          state,
          Value.of(data),
          version,
          definition,
          createdAt,
          updatedAt,
          enteredAt,
          timers);
    }
  }

  /// Writes a request.
  static Json write(Request request) {
    return CODEC.write(message(request));
  }

  private static Message message(Request request) {
    return switch (request) {
      case Request.Call call ->
          Message.of("call")
              .at(call.key())
              .with(call.command(), call.input())
              .token(call.idempotencyKey(), Invoking.text(call.precondition()));
      case Request.Send send ->
          Message.of("send")
              .at(send.key())
              .with(send.command(), send.input())
              .token(send.idempotencyKey(), null)
              .id(null, Moves.ceilMs(send.delay()), false);
      case Request.Deliver deliver ->
          Message.of("deliver")
              .at(deliver.key())
              .with(deliver.command(), deliver.input())
              .id(deliver.id(), deliver.dueAt(), deliver.answered())
              .parent(deliver.parent());
      case Request.Read read -> Message.of("read").at(read.key());
      case Request.Ask ask -> Message.of("ask").at(ask.key()).with(ask.query(), Json.NULL);
      case Request.Control control ->
          Message.of("control")
              .with(control.action().name(), Json.NULL)
              .id(control.invocation(), 0, false);
      case Request.Complete complete ->
          Message.of("complete")
              .with("", complete.value())
              .id(complete.awakeable(), 0, false)
              .problem(complete.rejection());
      case Request.Signal signal ->
          Message.of("signal")
              .with(signal.name(), signal.value())
              .id(signal.invocation(), 0, false);
      case Request.Await await ->
          Message.of("await").id(await.invocation(), Moves.ceilMs(await.patience()), false);
    };
  }

  /// Reads a request, or returns null if it only asks to look for partitions that are free.
  static @Nullable Request readRequest(Json json) {
    Message m = read(json);
    return switch (m.kind()) {
      case "call" ->
          new Request.Call(
              m.place(),
              text(m.name()),
              m.json(),
              m.token(),
              Invoking.precondition(m.precondition()));
      case "send" ->
          new Request.Send(
              m.place(), text(m.name()), m.json(), m.token(), Duration.ofMillis(m.number()));
      case "deliver" ->
          new Request.Deliver(
              m.place(),
              text(m.name()),
              m.json(),
              text(m.id()),
              Objects.requireNonNull(m.parent()),
              m.number(),
              m.flag());
      case "read" -> new Request.Read(m.place());
      case "ask" -> new Request.Ask(m.place(), text(m.name()));
      case "control" -> new Request.Control(text(m.id()), Request.Action.valueOf(text(m.name())));
      case "complete" -> new Request.Complete(text(m.id()), m.json(), m.problem());
      case "signal" -> new Request.Signal(text(m.id()), text(m.name()), m.json());
      case "await" -> new Request.Await(text(m.id()), Duration.ofMillis(m.number()));
      case LOOK -> null;
      default -> throw unknown(m.kind());
    };
  }

  /// Writes an answer.
  static Json write(Reply reply) {
    return CODEC.write(message(reply));
  }

  private static Message message(Reply reply) {
    return switch (reply) {
      case Reply.Done done ->
          Message.of("done")
              .with(done.state(), done.output())
              .id(done.id(), done.version(), done.replayed());
      case Reply.Accepted accepted ->
          Message.of("accepted").id(accepted.id(), 0, accepted.previously());
      case Reply.Found found -> {
        Running running = found.running();
        yield Message.of("found")
            .id(null, running == null ? 0 : running.queued(), false)
            .shows(found.instance(), running == null ? null : running.invocation());
      }
      case Reply.Answer answer ->
          Message.of("answer").with("", answer.output()).shows(answer.instance(), null);
      case Reply.Standing standing ->
          Message.of("standing")
              .with(standing.status().name(), Json.NULL)
              .id(standing.id(), 0, standing.changed());
      case Reply.Refused refused ->
          Message.of("refused")
              .id(refused.id(), 0, refused.replayed())
              .problem(ProblemText.write(refused.problem()));
    };
  }

  /// Reads an answer.
  static Reply readReply(Json json) {
    Message m = read(json);
    return switch (m.kind()) {
      case "done" -> new Reply.Done(text(m.id()), m.json(), text(m.name()), m.number(), m.flag());
      case "accepted" -> new Reply.Accepted(text(m.id()), m.flag());
      case "found" -> {
        InvocationRow running = m.running();
        yield new Reply.Found(
            Objects.requireNonNull(m.instance()).instance(),
            running == null ? null : new Running(running, Math.toIntExact(m.number())));
      }
      case "answer" -> new Reply.Answer(m.json(), Objects.requireNonNull(m.instance()).instance());
      case "standing" ->
          new Reply.Standing(text(m.id()), InvocationRow.Status.valueOf(text(m.name())), m.flag());
      case "refused" -> new Reply.Refused(ProblemText.read(text(m.problem())), m.id(), m.flag());
      default -> throw unknown(m.kind());
    };
  }

  /// Returns what asks a node to look for partitions that are free.
  static Json look() {
    return CODEC.write(Message.of(LOOK));
  }

  private static Message read(Json json) {
    return (Message) CODEC.read(json, Message.class);
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static RuntimeException unknown(String kind) {
    return Problem.of(
            ErrorCode.INTERNAL,
            "a message of another node: expected a kind that this version knows, got "
                + kind
                + "; run the same version on all nodes")
        .exception();
  }
}
