// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/// Takes back what a lane has decided and not committed, so that it is decided again, in the same
/// order per instance.
///
/// **Threads**: the lane's.
final class Undoing {
  private final LaneMemory memory;
  private final Pipeline pipeline;
  private final Backlog backlog;
  private final Aside aside;
  private final Deciding deciding;
  private final Takeover takeover;
  private int generation;

  Undoing(
      LaneMemory memory, Pipeline pipeline, Waiting waiting, Deciding deciding, Takeover takeover) {
    this.memory = memory;
    this.pipeline = pipeline;
    this.backlog = waiting.backlog();
    this.aside = waiting.aside();
    this.deciding = deciding;
    this.takeover = takeover;
  }

  /// Holds what is to be decided.
  record Waiting(Backlog backlog, Aside aside) {}

  /// Returns a number that grows each time: what was asked for before counts no longer.
  int generation() {
    return generation;
  }

  /// Takes everything back and forgets everything.
  void restart() {
    aside.release(pipeline.job());
    List<Submission> again = pipeline.takeBack();
    again.addAll(memory.cache().clear());
    again.addAll(deciding.clear());
    memory.agenda().clear();
    memory.alarms().clear();
    takenBack(again, Takeover::comesAgain);
  }

  /// Takes everything back, but forgets only what that has touched.
  ///
  /// @return the partitions whose open invocations must be read again
  Set<Integer> stepBack() {
    Set<Integer> undone = pipeline.work();
    List<Submission> again = pipeline.takeBack();
    again.addAll(memory.cache().rollback(pipeline.committed()));
    again.addAll(deciding.clear());
    memory.agenda().clear(undone).forEach(due -> memory.alarms().again(due.timer()));
    takenBack(again, submission -> takeover.comesAgain(submission, undone));
    return undone;
  }

  private void takenBack(List<Submission> again, Predicate<Submission> comesAgain) {
    again.removeIf(comesAgain);
    backlog.removeIf(comesAgain);
    aside.removeIf(comesAgain);
    backlog.addFirst(again);
    generation++;
    memory.tokens().clear();
    memory.partitions().rollback();
  }
}
