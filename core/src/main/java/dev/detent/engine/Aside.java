// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.ErrorCode;
import dev.detent.Problem;
import dev.detent.store.Batch;
import dev.detent.store.Claim;
import dev.detent.store.EventRow;
import dev.detent.store.Fence;
import dev.detent.store.PartitionRow;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Keeps what is for partitions that somebody else has locked, in order, while the lane goes on
/// with all others.
///
/// Each such partition is waited for once. What is granted is held until the lane has committed
/// what waited there, so that a stream of callers can't keep the lane from it.
///
/// **Limits**: so many partitions are waited for at a time; others are tried again after a pause.
///
/// **Threads**: the lane's.
final class Aside {
  private static final int CLAIMS_MAX = 8;
  private static final long PAUSE_MS = 50;
  private static final long HELD_MS_MAX = 100;
  private static final long PATIENCE_MS = 5_000;

  private final LaneMemory memory;
  private final LaneEffects effects;
  private final Answers answers;
  private final TreeMap<Integer, Line> lines = new TreeMap<>();
  private final ArrayDeque<Granted> granted = new ArrayDeque<>();
  private int claims;
  private @Nullable Claim held;
  private long heldUntil;

  /// Holds what waits for one partition.
  private static final class Line {
    final ArrayDeque<Submission> waiting = new ArrayDeque<>();
    final long since;
    long againAt = Long.MAX_VALUE;

    Line(long since) {
      this.since = since;
    }
  }

  /// Holds a partition that was waited for.
  ///
  /// @param claim what holds it
  /// @param last its last event, if somebody else has added one
  record Granted(Claim claim, List<EventRow> last) {
    int partition() {
      return claim.row().partition();
    }
  }

  Aside(LaneMemory memory, LaneEffects effects, Answers answers) {
    this.memory = memory;
    this.effects = effects;
    this.answers = answers;
  }

  /// Tells whether a partition is set aside.
  boolean has(int partition) {
    return !lines.isEmpty() && lines.containsKey(partition);
  }

  /// Sets partitions aside, and has them waited for.
  ///
  /// @param claim what held one of the partitions of the batch that met the locks, or null. If that
  ///   one is locked nevertheless, somebody has locked an instance there: some time is let pass
  void start(@Nullable Claim claim, Collection<Integer> partitions, long now) {
    boolean own = claim != null && partitions.contains(claim.row().partition());
    if (claim != null && own) {
      effects.release(claim);
    } else if (claim != null) {
      hold(claim, now);
    }
    for (int partition : partitions) {
      Line line = new Line(now);
      lines.put(partition, line);
      if (claims < CLAIMS_MAX) {
        claims++;
        effects.claim(partition, memory.partitions().offset(partition), own ? PAUSE_MS : 0);
      } else {
        line.againAt = now + PAUSE_MS;
      }
    }
  }

  /// Keeps a submission for later.
  void add(int partition, Submission submission) {
    Line line = lines.get(partition);
    if (line != null) {
      line.waiting.addLast(submission);
    }
  }

  /// Takes note that a partition was waited for.
  ///
  /// @param got what is held now, or null if it could not be had
  void granted(int partition, @Nullable Granted got) {
    claims--;
    if (got != null) {
      granted.addLast(got);
    } else if (has(partition)) {
      claims++;
      effects.claim(partition, memory.partitions().offset(partition), PAUSE_MS);
    }
  }

  /// Goes on with a partition that was waited for: nobody else can write there until what waits is
  /// committed. Only one is gone on with at a time.
  private List<Submission> goOn(long now) {
    Granted next = held == null ? granted.pollFirst() : null;
    if (next == null) {
      return List.of();
    }
    List<PartitionRow> row = List.of(next.claim().row());
    Partitions mine = memory.partitions();
    if (has(next.partition()) && mine.has(next.partition()) && mine.lost(row).isEmpty()) {
      memory.moved(mine.jumped(row));
      mine.adopt(row);
      mine.happened(next.last());
      hold(next.claim(), now);
    } else {
      effects.release(next.claim());
    }
    return end(partition -> partition == next.partition());
  }

  /// Holds a partition for the next commit.
  void hold(Claim claim, long now) {
    held = claim;
    heldUntil = now + HELD_MS_MAX;
  }

  /// Hands over what is held if a batch writes to its partition.
  @Nullable Claim claim(Batch batch) {
    Claim claim = held;
    if (claim == null) {
      return null;
    }
    int partition = claim.row().partition();
    boolean fits = batch.fences().stream().mapToInt(Fence::partition).anyMatch(p -> p == partition);
    held = fits ? null : claim;
    return fits ? claim : null;
  }

  /// Lets go of everything that is held.
  ///
  /// @param job what is in flight and given up, or null
  void release(@Nullable Job job) {
    Claim taken = job == null ? null : job.claim();
    if (taken != null) {
      effects.release(taken);
    }
    for (Granted one : granted) {
      effects.release(one.claim());
      Line line = lines.get(one.partition());
      if (line != null) {
        line.againAt = 0;
      }
    }
    granted.clear();
    if (held != null) {
      effects.release(held);
      held = null;
    }
  }

  /// Does what is due: lets go of what nobody used, refuses those who have waited for too long,
  /// goes on with what was granted.
  ///
  /// @param well whether the lane may go on
  /// @return what is to be decided now
  List<Submission> due(boolean well, long now) {
    if (held != null && now >= heldUntil) {
      effects.release(held);
      held = null;
    }
    if (lines.isEmpty() && granted.isEmpty()) {
      return List.of();
    }
    lines.values().stream()
        .filter(line -> now - line.since >= PATIENCE_MS)
        .forEach(line -> line.waiting.removeIf(this::refused));
    var again = new ArrayList<>(end(partition -> now >= line(partition).againAt));
    again.addAll(well ? goOn(now) : List.of());
    return again;
  }

  private Line line(int partition) {
    return Objects.requireNonNull(lines.get(partition));
  }

  private boolean refused(Submission submission) {
    boolean refusable = Backlog.refusable(submission);
    if (refusable) {
      answers.refuse(submission, locked());
    }
    return refusable;
  }

  private static Problem locked() {
    return Problem.of(
        ErrorCode.UNAVAILABLE,
        "a transaction of an application holds this partition, nothing happened; retry later");
  }

  /// Returns when to look again, in milliseconds since 1970 UTC.
  long wakeAt() {
    long at = held == null ? Long.MAX_VALUE : heldUntil;
    for (Line line : lines.values()) {
      boolean waits = line.waiting.stream().anyMatch(Backlog::refusable);
      at = Math.min(at, waits ? Math.min(line.since + PATIENCE_MS, line.againAt) : line.againAt);
    }
    return at;
  }

  /// Sets partitions aside no longer.
  ///
  /// @return what waited for them, those of a partition in order
  List<Submission> end(IntPredicate which) {
    var waiting = new ArrayList<Submission>();
    lines
        .entrySet()
        .removeIf(entry -> {
          boolean ends = which.test(entry.getKey());
          if (ends) {
            waiting.addAll(entry.getValue().waiting);
          }
          return ends;
        });
    return waiting;
  }

  /// Takes out what fits.
  void removeIf(Predicate<Submission> which) {
    lines.values().forEach(line -> line.waiting.removeIf(which));
  }

  /// Returns how many wait.
  int size() {
    return lines.values().stream().mapToInt(line -> line.waiting.size()).sum();
  }
}
