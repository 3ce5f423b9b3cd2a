// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.store.Batch;
import dev.detent.store.Claim;
import dev.detent.store.Fence;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/// Holds what a lane has decided and not seen committed yet: the batch that forms, the one in
/// flight, and readers that wait for a look at the fence.
///
/// **Threads**: the lane's.
final class Pipeline {
  private final List<Job.Held> readers = new ArrayList<>();
  private Forming forming = Forming.first();
  private @Nullable Job job;
  private long committed;

  /// Returns the batch that forms.
  Forming forming() {
    return forming;
  }

  /// Returns what is in flight, or null.
  @Nullable Job job() {
    return job;
  }

  /// Tells whether something is in flight.
  boolean busy() {
    return job != null;
  }

  /// Returns the number of the last committed batch.
  long committed() {
    return committed;
  }

  /// Tells whether nothing is decided that is not committed.
  boolean isEmpty() {
    return job == null && !waits();
  }

  /// Tells whether something could be handed over now.
  boolean ready() {
    return job == null && waits();
  }

  private boolean waits() {
    return !forming.isEmpty() || !readers.isEmpty();
  }

  /// Returns how many answers wait for a commit.
  int uncommitted() {
    return forming.held().size() + (job == null ? 0 : job.held().size());
  }

  /// Holds an answer that writes nothing. A batch that forms checks the fence after the request
  /// came; one in flight may have checked it before.
  ///
  /// @param looks whether it needs a look at the fence
  /// @return whether it is true already
  boolean rest(Job.Held held, long batch, boolean looks) {
    if (batch == forming.number()) {
      forming.held().add(held);
    } else if (looks) {
      readers.add(held);
    } else if (job != null && batch == job.number()) {
      job.held().add(held);
    } else {
      return true;
    }
    return false;
  }

  /// Makes a reader wait for another look.
  void again(Job.Held held) {
    readers.add(held);
  }

  /// Makes what is decided the next to be in flight.
  ///
  /// @param claims returns what holds a partition of a batch, or null
  Job next(
      LongFunction<String> batchIds,
      Partitions partitions,
      Function<Batch, @Nullable Claim> claims) {
    Batch batch = forming.batch(batchIds.apply(forming.number()), partitions);
    Claim claim = batch == null ? null : claims.apply(batch);
    var next = new Job(forming, batch, List.copyOf(readers), claim);
    job = next;
    readers.clear();
    forming = forming.next();
    return next;
  }

  /// Takes note that what was in flight is committed.
  void done(Job done) {
    job = null;
    committed = done.number();
  }

  /// Tells whether what is in flight writes to a partition.
  boolean writesTo(int partition) {
    Batch batch = job == null ? null : job.batch();
    return batch != null
        && batch.fences().stream().mapToInt(Fence::partition).anyMatch(p -> p == partition);
  }

  /// Returns the partitions of which invocations or their journals are changed by what is decided.
  Set<Integer> work() {
    var work = new TreeSet<>(forming.work());
    if (job != null) {
      work.addAll(job.work());
    }
    return work;
  }

  /// Takes everything back, in the order in which it was decided.
  List<Submission> takeBack() {
    List<Submission> undone = Job.undone(forming, job, readers);
    job = null;
    forming = forming.next();
    readers.clear();
    return undone;
  }
}
