// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import dev.detent.ErrorCode;
import dev.detent.Problem;
import dev.detent.store.EventRow;
import dev.detent.testkit.Ground.Landing;
import dev.detent.testkit.Ground.Sight;
import dev.detent.testkit.WalkReport.Edge;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Watches a walk: what moves must leave its event, what is refused no trace.
final class Witness {
  private static final Set<ErrorCode> REFUSALS =
      Set.of(ErrorCode.TRANSITION_NOT_ALLOWED, ErrorCode.ALREADY_EXISTS, ErrorCode.NOT_FOUND);

  private final Ground ground;
  private final Set<String> problems = new LinkedHashSet<>();

  /// Remembers an instance and its partition as they were.
  ///
  /// @param key the instance
  /// @param sight the instance, or null if it was not there
  /// @param events how many events it had
  /// @param offset the last offset of its partition
  record Trace(String key, @Nullable Sight sight, int events, long offset) {}

  Witness(Ground ground) {
    this.ground = ground;
  }

  List<String> problems() {
    return List.copyOf(problems);
  }

  Trace look(String key) {
    long offset = ground.lastOffset(key);
    return new Trace(key, ground.look(key), ground.history(key, 0).size(), offset);
  }

  /// Checks a move that was made.
  void moved(Edge edge, Walker.Place from, Landing.At to) {
    List<EventRow> events = ground.history(from.key(), from.version());
    if (to.version() == from.version()) {
      require(
          edge,
          Objects.equals(from.state(), to.state()),
          "expected an event for another state, got none");
      return;
    }
    String version = "expected version " + (from.version() + 1) + ", got " + to.version();
    require(edge, to.version() == from.version() + 1, version);
    EventRow event = events.isEmpty() ? null : events.getFirst();
    if (event == null) {
      problem(edge, "expected an event, got none");
      return;
    }
    boolean same =
        event.version() == to.version()
            && Objects.equals(event.from(), from.state())
            && event.to().equals(to.state());
    String got = event.from() + " to " + event.to() + " of version " + event.version();
    require(edge, same, "expected its event, got one from " + got);
    Sight sight = ground.look(from.key());
    if (sight == null || (sight.version() == to.version() && !sight.state().equals(to.state()))) {
      problem(edge, "expected the instance in state " + to.state() + ", got " + sight);
    }
  }

  /// Checks a move that is allowed and failed.
  void failed(Edge edge, Trace before, Problem problem) {
    Object undeclared = problem.members().get("undeclared");
    if (undeclared != null) {
      problem(edge, "its code went to " + undeclared + ", which is not declared");
    } else if (problem.code() == ErrorCode.INTERNAL || REFUSALS.contains(problem.code())) {
      problem(edge, "expected it to be allowed, got " + text(problem));
    }
    untouched(edge, before);
  }

  /// Checks a command that is not allowed; true if all is well.
  boolean refused(Edge edge, Trace before, Landing landing) {
    int known = problems.size();
    switch (landing) {
      case Landing.At at -> problem(edge, "expected a refusal, got state " + at.state());
      case Landing.Stuck stuck -> problem(edge, "expected a refusal, got none: " + stuck.why());
      case Landing.Refused no when !REFUSALS.contains(no.problem().code()) ->
          problem(edge, "expected TRANSITION_NOT_ALLOWED, got " + text(no.problem()));
      case Landing.Refused _ -> {}
    }
    untouched(edge, before);
    return problems.size() == known;
  }

  /// Checks that nothing has happened: state, content, version and history are the same, and every
  /// offset that was given since is of an event of others.
  void untouched(Edge edge, Trace before) {
    Sight sight = ground.look(before.key());
    if (!Objects.equals(sight, before.sight())) {
      problem(edge, "expected no trace, got " + sight + " instead of " + before.sight());
    }
    int events = ground.history(before.key(), 0).size();
    if (events != before.events()) {
      problem(edge, "expected no event, got " + (events - before.events()));
    }
    long used = ground.lastOffset(before.key()) - before.offset();
    boolean gapless = used <= 0 || ground.log(before.key(), before.offset()).size() >= used;
    require(edge, gapless, "expected no offset to be used, got one that no event has");
  }

  private void require(Edge edge, boolean holds, String what) {
    if (!holds) {
      problem(edge, what);
    }
  }

  private void problem(Edge edge, String what) {
    problems.add(edge + ": " + what);
  }

  private static String text(Problem problem) {
    return problem.code() + " (" + problem.detail() + ")";
  }
}
