// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import dev.detent.codec.DurationText;
import org.jspecify.annotations.Nullable;

/// Writes a machine as tables in Markdown: its states, its transitions and its queries.
final class MarkdownText {
  private final Machine machine;
  private final StringBuilder out = new StringBuilder();

  MarkdownText(Machine machine) {
    this.machine = machine;
  }

  String write() {
    out.append("# ").append(machine.name()).append("\n\n");
    row("state", "", "description");
    rule(3);
    for (State state : machine.states().values()) {
      boolean initial = state.name().equals(machine.initial());
      row(state.name(), initial ? "initial" : state.isFinal() ? "final" : "", state.description());
    }
    out.append('\n');
    row("from", "cause", "to", "handler", "description");
    rule(5);
    leaving(null);
    machine.states().keySet().forEach(this::leaving);
    if (!machine.queries().isEmpty()) {
      out.append('\n');
      row("query", "in");
      rule(2);
      machine.queries().values().forEach(q -> row(q.name(), String.join(", ", q.from())));
    }
    return out.toString();
  }

  private void leaving(@Nullable String state) {
    for (String command : machine.allowed(state)) {
      Transition transition = machine.transition(state, command);
      if (transition != null) {
        move(state, command, transition);
      }
    }
    if (state != null) {
      for (Timeout timeout : machine.timeouts(state)) {
        move(state, "after " + DurationText.format(timeout.after()), timeout.transition());
      }
    }
  }

  private void move(@Nullable String from, String cause, Transition transition) {
    row(
        from == null ? "" : from,
        cause,
        String.join(", ", transition.to()),
        transition.durable() ? "durable" : "",
        transition.description());
  }

  private void row(String... cells) {
    out.append('|');
    for (String cell : cells) {
      out.append(' ').append(escaped(cell)).append(cell.isEmpty() ? "|" : " |");
    }
    out.append('\n');
  }

  private void rule(int columns) {
    out.append("|").append("---|".repeat(columns)).append('\n');
  }

  /// Returns text that stays in its cell and means nothing else in Markdown.
  private static String escaped(String text) {
    return text.replaceAll("\\s+", " ").replaceAll("[\\\\`*_\\[\\]<>|&]", "\\\\$0");
  }
}
