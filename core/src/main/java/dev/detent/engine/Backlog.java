// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.Problem;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Holds what a lane has yet to decide, in order.
///
/// **Threads**: the lane's.
final class Backlog {
  private final ArrayDeque<Submission> waiting = new ArrayDeque<>();
  private final Answers answers;

  Backlog(Answers answers) {
    this.answers = answers;
  }

  /// Tells whether nothing waits.
  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /// Returns how many wait.
  int size() {
    return waiting.size();
  }

  /// Adds one behind all others.
  void add(Submission submission) {
    waiting.addLast(submission);
  }

  /// Adds some behind all others.
  void addAll(Collection<? extends Submission> submissions) {
    waiting.addAll(submissions);
  }

  /// Adds some before all others, in their order.
  void addFirst(List<? extends Submission> submissions) {
    submissions.reversed().forEach(waiting::addFirst);
  }

  /// Takes the first out, or returns null.
  @Nullable Submission poll() {
    return waiting.pollFirst();
  }

  /// Takes out what fits.
  void removeIf(Predicate<Submission> which) {
    waiting.removeIf(which);
  }

  /// Takes note that the lane looks at the fence.
  void looking() {
    if (waiting.stream().anyMatch(Submission.Barrier.class::isInstance)) {
      List<Submission> all = List.copyOf(waiting);
      waiting.clear();
      for (Submission one : all) {
        waiting.addLast(one instanceof Submission.Barrier barrier ? barrier.afterLook() : one);
      }
    }
  }

  /// Tells whether somebody waits for an answer who may be told that nothing happened.
  static boolean refusable(Submission submission) {
    return switch (submission) {
      case Submission.AskedInvocation asked -> !asked.accepted();
      case Submission.Asked _, Submission.Barrier _ -> true;
      default -> false;
    };
  }

  /// Refuses what somebody waits for who may be told that nothing happened.
  void refuse(Problem problem) {
    refuse(problem, Backlog::refusable);
  }

  /// Refuses everything.
  void refuseAll(Problem problem) {
    refuse(problem, _ -> true);
  }

  private void refuse(Problem problem, Predicate<Submission> which) {
    List<Submission> all = List.copyOf(waiting);
    waiting.clear();
    for (Submission submission : all) {
      if (which.test(submission)) {
        answers.refuse(submission, problem);
      } else {
        waiting.addLast(submission);
      }
    }
  }

  /// Gives up what could not be read for a long time. What nobody waits for is tried again.
  void postpone(Submission submission, Problem problem) {
    if (refusable(submission) || submission instanceof Submission.Due) {
      answers.postpone(submission, problem);
    } else {
      waiting.addLast(submission);
    }
  }
}
