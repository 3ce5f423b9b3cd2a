// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.store.Batch;
import dev.detent.store.Claim;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Holds what a lane has in flight: a batch to commit, answers that wait for it, and readers that
/// wait for a look at the fence.
///
/// **Threads**: the lists belong to the lane; whoever commits looks at [#batch], [#claim] and
/// [#verify] only.
final class Job {
  private final long number;
  private final @Nullable Batch batch;
  private final boolean verify;
  private final List<Held> held;
  private final List<Held> readers;
  private final Set<Integer> work;
  private final @Nullable Claim claim;

  /// Holds an answer back until it is true on disk.
  ///
  /// @param submission whom it answers
  /// @param reply the answer; null if nobody is answered by it
  /// @param then what to do when it is true on disk, or null
  /// @param writes whether the batch has something of it
  /// @param order grows from decision to decision
  record Held(
      Submission submission,
      @Nullable Reply reply,
      @Nullable Runnable then,
      boolean writes,
      long order) {}

  Job(Forming forming, @Nullable Batch batch, List<Held> readers, @Nullable Claim claim) {
    this.work = forming.work();
    this.claim = claim;
    this.number = forming.number();
    this.batch = batch;
    this.held = forming.held();
    this.readers = readers;
    this.verify = !readers.isEmpty();
  }

  /// Returns the number of the batch; later ones are higher.
  long number() {
    return number;
  }

  /// Returns what to commit, or null if there are only readers.
  @Nullable Batch batch() {
    return batch;
  }

  /// Tells whether the partition rows must be read, before the batch is committed.
  boolean verify() {
    return verify;
  }

  /// Returns what holds a partition of the batch, which is to be committed by it, or null.
  @Nullable Claim claim() {
    return claim == null || claim.over() ? null : claim;
  }

  /// Returns the partitions of which invocations or their journals are changed.
  Set<Integer> work() {
    return work;
  }

  /// Returns the answers that wait for the batch.
  List<Held> held() {
    return held;
  }

  /// Returns the answers of what the batch has something of.
  List<Held> writers() {
    return held.stream().filter(Held::writes).toList();
  }

  /// Returns the answers that wait for the look at the fence.
  List<Held> readers() {
    return readers;
  }

  /// Returns what was decided but is not committed, in its order, to be decided again.
  ///
  /// @param job what is in flight, or null
  /// @param readers who waits for the next look at the fence
  static List<Submission> undone(Forming forming, @Nullable Job job, List<Held> readers) {
    var decided = new ArrayList<>(forming.held());
    decided.addAll(readers);
    if (job != null) {
      decided.addAll(job.held());
      decided.addAll(job.readers());
    }
    decided.sort(Comparator.comparingLong(Held::order));
    var again = new ArrayList<Submission>();
    decided.forEach(held -> again.add(held.submission()));
    return again;
  }
}
