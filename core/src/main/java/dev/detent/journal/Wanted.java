// SPDX-License-Identifier: Apache-2.0
package dev.detent.journal;

import dev.detent.store.StepRow;
import dev.detent.store.StepRow.Kind;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Says what the code asks for at a position, to be compared with what is recorded there.
///
/// @param kind what
/// @param name its name, or an empty text
/// @param request what is asked of another instance, or null
record Wanted(Kind kind, String name, Entry.@Nullable Outgoing request) {
  static final String ALL = "all";
  static final String ANY = "any";

  static Wanted of(Kind kind, String name) {
    return new Wanted(kind, name, null);
  }

  /// Tells whether a row is the record of this. The input of a request is not compared: it may hold
  /// what differs harmlessly, and what was sent was sent.
  boolean fits(StepRow row) {
    if (row.kind() != kind || !row.name().equals(name)) {
      return false;
    }
    StepRow.Outgoing sent = row.outgoing();
    return request == null
        || sent == null
        || (sent.key().equals(request.key()) && sent.command().equals(request.command()));
  }

  /// Tells whether it may be passed without an entry of its own: an awaited answer is in the
  /// awakeable's entry, and of branches that all succeeded there are only theirs.
  boolean mayLeaveNothing() {
    return (kind == Kind.AWAKEABLE && !name.isEmpty()) || (isOfBranches() && name.equals(ALL));
  }

  /// Tells whether it has branches.
  boolean isOfBranches() {
    return kind == Kind.ANY;
  }

  /// Returns how to call this in messages.
  String shown() {
    return shown(kind, name, request == null ? null : request.key().toString());
  }

  /// Returns how to call a recorded entry in messages.
  static String shown(StepRow row) {
    StepRow.Outgoing sent = row.outgoing();
    return shown(row.kind(), row.name(), sent == null ? null : sent.key().toString());
  }

  private static String shown(Kind kind, String name, @Nullable String target) {
    String to = Objects.requireNonNullElse(target, "another instance");
    return switch (kind) {
      case STEP -> "step '" + name + "'";
      case TRANSACT -> "transact '" + name + "'";
      case SLEEP -> "sleep";
      case CALL -> "call of '" + name + "' on " + to;
      case SEND -> "send of '" + name + "' to " + to;
      case AWAKEABLE -> name.isEmpty() ? "awakeable" : "await of awakeable " + name;
      case SIGNAL -> "signal '" + name + "'";
      case ANY -> "'" + name + "' of branches";
    };
  }
}
