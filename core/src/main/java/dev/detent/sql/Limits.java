// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/// Limits what a transaction may take on a shared database, so that a process that is stopped in
/// the middle of one does not hold rows for as long as its lease.
///
/// @param idleMs how long a transaction may wait for its client: two fifths of the lease
/// @param lockMs how long a statement may wait for a lock: a fifth of the lease
/// @param statementMs how long a statement may run: one and a half leases
/// @param checkMs how often a running statement looks whether its client is still connected: a
///   tenth of the lease
record Limits(long idleMs, long lockMs, long statementMs, long checkMs) {
  /// Returns the limits for a lease.
  static Limits of(Duration lease) {
    long ms = lease.toMillis();
    return new Limits(ms * 2 / 5, ms / 5, ms * 3 / 2, ms / 10);
  }

  /// Returns them by the names that stand for them in SQL.
  Map<String, String> texts() {
    return Map.of(
        "idle-ms", Long.toString(idleMs),
        "lock-ms", Long.toString(lockMs),
        "statement-ms", Long.toString(statementMs),
        "check-ms", Long.toString(checkMs),
        "idle-s", seconds(idleMs),
        "lock-s", seconds(lockMs),
        "statement-s", String.format(Locale.ROOT, "%.3f", statementMs / 1000.0));
  }

  /// Returns whole seconds, for who can't count less; at least one, since 0 means for ever.
  private static String seconds(long ms) {
    return Long.toString(Math.max(1, ms / 1000));
  }
}
