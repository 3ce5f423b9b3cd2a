// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.ErrorCode;
import dev.detent.Problem;
import org.jspecify.annotations.Nullable;

/// Remembers what is wrong between a lane and its store, and when to try again.
final class Trouble {
  private final LaneLimits limits;
  private Phase phase = Phase.NONE;
  private boolean trying;
  private long retryAt;
  private int attempts;
  private long sinceMs = -1;
  private long loadRetryAt;
  private String detail = "";

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
    this.limits = limits;
  }

  /// Returns what has to succeed.
  Phase phase() {
    return phase;
  }

  /// Tells whether submissions may be decided.
  boolean deciding() {
    return phase == Phase.NONE || phase == Phase.COMMIT;
  }

  /// Tells whether the store may be asked for instances and timers.
  boolean reading(long now) {
    return deciding() && now >= loadRetryAt;
  }

  /// Starts to try something at once.
  void begin(Phase next) {
    phase = next;
    trying = true;
  }

  /// Takes note of a failure: the same is tried again after a pause.
  void failed(Phase next, String why, long now) {
    if (sinceMs < 0) {
      sinceMs = now;
    }
    phase = next;
    detail = why;
    trying = false;
    attempts++;
    retryAt = now + limits.backoffMs(attempts);
  }

  /// Takes note that reading failed.
  void loadFailed(String why, long now) {
    if (sinceMs < 0) {
      sinceMs = now;
    }
    detail = why;
    attempts++;
    loadRetryAt = now + limits.backoffMs(attempts);
  }

  /// Tells whether it has gone on for so long that those who wait must be told.
  boolean tooLong(long now) {
    return sinceMs >= 0 && now - sinceMs > limits.retryMsMax();
  }

  /// Tells whether to try again now, and takes note that it is tried.
  boolean due(long now) {
    if (phase == Phase.NONE || trying || now < retryAt) {
      return false;
    }
    trying = true;
    return true;
  }

  /// Returns a time that is not before the next try to read, in milliseconds since 1970 UTC.
  long notBeforeReading(long time) {
    return Math.max(time, loadRetryAt);
  }

  /// Returns when to look again, in milliseconds since 1970 UTC.
  long wakeAt() {
    long load = loadRetryAt == 0 ? Long.MAX_VALUE : loadRetryAt;
    return phase == Phase.NONE || trying ? load : Math.min(load, retryAt);
  }

  /// Takes note that all is well.
  void over() {
    phase = Phase.NONE;
    trying = false;
    attempts = 0;
    sinceMs = -1;
    loadRetryAt = 0;
    detail = "";
  }

  /// Takes note that reading works.
  void loadWorked() {
    if (phase == Phase.NONE) {
      over();
    }
  }

  /// Returns what went wrong last, for people; empty if nothing did.
  String detail() {
    return detail;
  }

  /// Says why nothing can be done now.
  Problem unavailable() {
    return Problem.of(
        ErrorCode.UNAVAILABLE,
        "the store can't be reached, nothing happened (" + detail + "); retry later");
  }

  /// Returns the state of the store.
  Health health() {
    return detail.isEmpty() ? new Health(true, "") : new Health(false, detail);
  }

  /// Returns the text of a failure, for people.
  static String text(@Nullable Throwable failure) {
    String message = failure == null ? null : failure.getMessage();
    return message == null ? "no answer from the store" : message;
  }
}
