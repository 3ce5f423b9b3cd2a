// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

/// Holds the bounds of one lane.
///
/// @param batchMax at most so many answers wait for one commit
/// @param batchBytesMax at most about so many bytes go into one commit
/// @param firingMax at most so many timers fire at the same time
/// @param retryMsMax for how long a failing store is tried again before commands are refused
/// @param backoffMsMin the first pause between tries
/// @param backoffMsMax the longest pause between tries
record LaneLimits(
    int batchMax,
    long batchBytesMax,
    int firingMax,
    long retryMsMax,
    long backoffMsMin,
    long backoffMsMax) {
  static final LaneLimits STANDARD = new LaneLimits(1_000, 4L << 20, 1_000, 2_000, 20, 1_000);

  /// Returns the pause before another try, in milliseconds.
  ///
  /// @param attempts how many failed, at least 1
  long backoffMs(int attempts) {
    return Math.min(backoffMsMax, backoffMsMin << Math.min(attempts - 1, 16));
  }
}
