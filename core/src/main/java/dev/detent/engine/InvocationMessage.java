// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.store.InvocationRow;

/// Writes and reads invocations for [Wire].
final class InvocationMessage {
  private InvocationMessage() {}

  static Fields write(InvocationRow row) {
    return new Fields()
        .text("id", row.id())
        .key(row.key())
        .number("partition", row.partition())
        .text("command", row.command())
        .text("input", row.input())
        .text("token", row.token())
        .text("fingerprint", row.fingerprint())
        .text("precondition", row.precondition())
        .word("status", row.status())
        .text("kind", row.kind())
        .number("ordinal", row.ordinal())
        .number("createdAt", row.createdAt())
        .number("dueAt", row.dueAt())
        .group("parent", row.parent() == null ? null : write(row.parent()))
        .group("run", write(row.run()))
        .group("end", row.end() == null ? null : write(row.end()));
  }

  static InvocationRow read(Members from) {
    return new InvocationRow(
        from.text("id"),
        from.key(),
        from.smallNumber("partition"),
        from.text("command"),
        from.text("input"),
        from.textOrNull("token"),
        from.textOrNull("fingerprint"),
        from.textOrNull("precondition"),
        from.word("status", InvocationRow.Status.class),
        from.text("kind"),
        from.number("ordinal"),
        from.number("createdAt"),
        from.number("dueAt"),
        from.has("parent") ? parent(from.group("parent")) : null,
        run(from.group("run")),
        from.has("end") ? end(from.group("end")) : null);
  }

  static Fields write(InvocationRow.Parent parent) {
    return new Fields()
        .text("invocation", parent.invocation())
        .number("life", parent.life())
        .text("position", parent.position())
        .text("chain", parent.chain());
  }

  static InvocationRow.Parent parent(Members from) {
    return new InvocationRow.Parent(
        from.text("invocation"),
        from.smallNumber("life"),
        from.text("position"),
        from.text("chain"));
  }

  private static Fields write(InvocationRow.Run run) {
    return new Fields()
        .number("life", run.life())
        .number("attempt", run.attempt())
        .number("startedAt", run.startedAt())
        .number("retryAt", run.retryAt())
        .flag("cancelled", run.cancelled())
        .text("problem", run.problem());
  }

  private static InvocationRow.Run run(Members from) {
    return new InvocationRow.Run(
        from.smallNumber("life"),
        from.smallNumber("attempt"),
        from.number("startedAt"),
        from.number("retryAt"),
        from.flag("cancelled"),
        from.textOrNull("problem"));
  }

  private static Fields write(InvocationRow.End end) {
    return new Fields()
        .number("at", end.at())
        .number("expiresAt", end.expiresAt())
        .text("output", end.output())
        .text("problem", end.problem())
        .text("state", end.state())
        .number("version", end.version());
  }

  private static InvocationRow.End end(Members from) {
    return new InvocationRow.End(
        from.number("at"),
        from.number("expiresAt"),
        from.textOrNull("output"),
        from.textOrNull("problem"),
        from.textOrNull("state"),
        from.number("version"));
  }
}
