// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.ErrorCode;
import dev.detent.Problem;
import org.jspecify.annotations.Nullable;

/// Remembers what is wrong between a lane and its store, and when to try again.
final class Trouble {
  private Phase phase = Phase.NONE;
  private final Tries tries;
  private final Tries reads;
  private boolean trying;

  /// Says what has to succeed before the lane goes on as usual.
  enum Phase {
    /// Nothing is wrong.
    NONE,
    /// The job's commit.
    COMMIT,
    /// Finding out whether the job was committed.
    RESOLVE,
    /// Reading the partition rows.
    REFRESH,
    /// Reading the partition rows, while everybody is refused.
    DOWN
  }

  Trouble(LaneLimits limits) {
    this.tries = new Tries(limits);
    this.reads = new Tries(limits);
  }

  /// Counts failures of one kind, and says when to try again.
  private static final class Tries {
    private static final long NONE = Long.MIN_VALUE;

    private final LaneLimits limits;
    private int attempts;
    private long sinceMs = NONE;
    private long failedAt = NONE;
    private long retryAt = NONE;
    private String detail = "";

    private Tries(LaneLimits limits) {
      this.limits = limits;
    }

    void failed(String why, long now) {
      sinceMs = sinceMs == NONE ? now : Math.min(sinceMs, now);
      failedAt = now;
      detail = why;
      attempts++;
      retryAt = now + limits.backoffMs(attempts);
    }

    boolean tooLong(long now) {
      return sinceMs != NONE && now - sinceMs > limits.retryMsMax();
    }

    /// Tells whether the pause is over; also if the clock was set back meanwhile.
    boolean due(long now) {
      return retryAt == NONE || now >= retryAt || now < failedAt;
    }

    void worked() {
      attempts = 0;
      sinceMs = NONE;
      failedAt = NONE;
      retryAt = NONE;
      detail = "";
    }
  }

  /// Returns what has to succeed.
  Phase phase() {
    return phase;
  }

  /// Tells whether submissions may be decided.
  boolean deciding() {
    return phase == Phase.NONE || phase == Phase.COMMIT;
  }

  /// Tells whether the partition rows are being read.
  boolean refreshing() {
    return phase == Phase.REFRESH || phase == Phase.DOWN;
  }

  /// Tells whether the store may be asked for instances and timers now, and takes note that it is.
  boolean reading(long now) {
    boolean due = deciding() && reads.due(now);
    if (due) {
      reads.retryAt = Tries.NONE;
    }
    return due;
  }

  /// Starts to try something at once.
  void begin(Phase next) {
    phase = next;
    trying = true;
  }

  /// Takes note of a failure: the same is tried again after a pause.
  void failed(Phase next, String why, long now) {
    phase = next;
    trying = false;
    tries.failed(why, now);
  }

  /// Takes note that instances or timers could not be read: that is tried again after a pause.
  void loadFailed(String why, long now) {
    reads.failed(why, now);
  }

  /// Tells whether it has gone on for so long that those who wait must be told.
  boolean tooLong(long now) {
    return tries.tooLong(now);
  }

  /// Tells whether reading has failed for so long that those who wait for it must be told.
  boolean loadTooLong(long now) {
    return reads.tooLong(now);
  }

  /// Tells whether to try again now, and takes note that it is tried.
  boolean due(long now) {
    if (phase == Phase.NONE || trying || !tries.due(now)) {
      return false;
    }
    trying = true;
    return true;
  }

  /// Returns a time that is not before the next try to read, in milliseconds since 1970 UTC.
  long notBeforeReading(long time) {
    return Math.max(time, reads.retryAt);
  }

  /// Returns when to look again, in milliseconds since 1970 UTC.
  ///
  /// @param reading whether it matters when to read again
  long wakeAt(boolean reading) {
    boolean rereading = reading && reads.retryAt != Tries.NONE;
    long read = rereading ? reads.retryAt : Long.MAX_VALUE;
    return phase == Phase.NONE || trying ? read : Math.min(read, tries.retryAt);
  }

  /// Takes note that all is well, but perhaps reading.
  void over() {
    phase = Phase.NONE;
    trying = false;
    tries.worked();
  }

  /// Takes note that reading works.
  void loadWorked() {
    reads.worked();
  }

  /// Returns what went wrong last, for people; empty if nothing did.
  String detail() {
    return tries.detail.isEmpty() ? reads.detail : tries.detail;
  }

  /// Says why nothing can be done now.
  Problem unavailable() {
    return Problem.of(
        ErrorCode.UNAVAILABLE,
        "the store can't be reached, nothing happened (" + detail() + "); retry later");
  }

  /// Returns the state of the store.
  Health health() {
    return detail().isEmpty() ? new Health(true, "") : new Health(false, detail());
  }

  /// Returns the text of a failure, for people.
  static String text(@Nullable Throwable failure) {
    String message = failure == null ? null : failure.getMessage();
    return message == null ? "no answer from the store" : message;
  }
}
