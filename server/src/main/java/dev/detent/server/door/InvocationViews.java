// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.door;

import dev.detent.Problem;
import dev.detent.codec.ProblemText;
import dev.detent.engine.Invocations;
import dev.detent.engine.NodeView;
import dev.detent.engine.Reply;
import dev.detent.engine.Running;
import dev.detent.store.InvocationRow;
import dev.detent.store.InvocationRow.End;
import dev.detent.store.InvocationRow.Run;
import dev.detent.store.StepRow;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Shows invocations and their journals as JSON.
public final class InvocationViews {
  private InvocationViews() {}

  /// Spells a constant as it is stored and shown.
  public static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /// Shows what runs on an instance.
  public static void running(JsonWriter json, Running running) {
    InvocationRow row = running.invocation();
    json.open('{');
    json.name("id").string(row.id());
    json.name("command").string(row.command());
    json.name("state").string(word(row.status()));
    json.name("kind").string(row.kind());
    progress(json, row);
    json.name("queued").number(running.queued()).close('}');
  }

  /// Shows an invocation as a row of a list.
  public static void row(JsonWriter json, InvocationRow row) {
    json.open('{');
    members(json, row);
    json.close('}');
  }

  /// Shows an invocation whole.
  public static String whole(InvocationRow row, List<StepRow> journal) {
    End end = row.end();
    var json = new JsonWriter(1_024).open('{');
    members(json, row);
    json.name("life").number(row.run().life());
    json.name("input").raw(row.input());
    json.name("output").raw(end == null || end.output() == null ? "null" : end.output());
    json.name("journal").open('[');
    journal.forEach(step -> step(json, step));
    return json.close(']').close('}').toString();
  }

  private static void members(JsonWriter json, InvocationRow row) {
    InvocationRow.Parent parent = row.parent();
    json.name("id").string(row.id());
    json.name("machine").string(row.key().machine());
    json.name("key").string(row.key().key());
    json.name("command").string(row.command());
    json.name("state").string(word(row.status()));
    json.name("kind").string(row.kind());
    progress(json, row);
    json.name("parent").string(parent == null ? null : parent.invocation());
  }

  private static void progress(JsonWriter json, InvocationRow row) {
    Run run = row.run();
    End end = row.end();
    json.name("createdAt").time(row.createdAt());
    json.name("startedAt").time(run.startedAt());
    json.name("dueAt").time(row.dueAt());
    json.name("attempt").number(run.startedAt() == 0 ? 0 : run.attempt() + 1);
    json.name("retryAt").time(end == null ? run.retryAt() : 0);
    json.name("cancelled").raw(Boolean.toString(run.cancelled()));
    json.name("endedAt").time(end == null ? 0 : end.at());
    json.name("problem");
    problem(json, end == null ? run.problem() : end.problem());
  }

  private static void step(JsonWriter json, StepRow step) {
    StepRow.Outgoing outgoing = step.outgoing();
    Long dueAt = step.dueAt();
    json.open('{');
    json.name("position").string(step.position());
    json.name("kind").string(word(step.kind()));
    json.name("name").string(step.name());
    json.name("state").string(word(step.status()));
    if (step.kind() == StepRow.Kind.AWAKEABLE && step.name().isEmpty()) {
      json.name("awakeable").string(Invocations.place(step));
    }
    if (step.value() != null) {
      json.name("value").raw(step.value());
    }
    if (step.problem() != null) {
      json.name("problem");
      problem(json, step.problem());
    }
    json.name("at").time(step.at());
    json.name("dueAt").time(dueAt == null ? 0 : dueAt);
    if (outgoing != null) {
      target(json, outgoing);
    }
    json.close('}');
  }

  private static void target(JsonWriter json, StepRow.Outgoing outgoing) {
    json.name("target").open('{');
    json.name("id").string(outgoing.child());
    json.name("machine").string(outgoing.key().machine());
    json.name("key").string(outgoing.key().key());
    json.name("command").string(outgoing.command());
    json.name("input").raw(outgoing.input()).close('}');
  }

  /// Shows a node.
  public static void node(JsonWriter json, NodeView node) {
    Long expiresAt = node.expiresAt();
    json.open('{');
    json.name("id").string(node.id());
    json.name("address").string(node.address());
    json.name("startedAt").time(node.startedAt());
    json.name("expiresAt").time(expiresAt == null ? 0 : expiresAt);
    json.name("alive").raw(Boolean.toString(node.alive()));
    json.name("self").raw(Boolean.toString(node.self()));
    json.name("partitions").value(node.partitions()).close('}');
  }

  /// Shows where an invocation is.
  public static String standing(Reply.Standing standing) {
    return new JsonWriter()
        .open('{')
        .name("id")
        .string(standing.id())
        .name("status")
        .string(word(standing.status()))
        .close('}')
        .toString();
  }

  private static void problem(JsonWriter json, @Nullable String kept) {
    problem(json, kept == null ? null : ProblemText.read(kept));
  }

  /// Shows a problem, or null.
  public static void problem(JsonWriter json, @Nullable Problem problem) {
    if (problem == null) {
      json.raw("null");
      return;
    }
    json.open('{');
    json.name("code").string(problem.code().name());
    json.name("detail").string(problem.detail());
    problem.members().forEach((name, value) -> json.name(name).value(value));
    json.close('}');
  }
}
