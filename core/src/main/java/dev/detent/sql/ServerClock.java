// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;

/// Estimates a server's clock between two looks at it: the time it told, plus what has passed here
/// since then. Half of the round trip is counted as the way back.
///
/// **Threads**: safe for any number of threads; never blocks.
final class ServerClock implements InstantSource {
  private volatile Look look = new Look(0, 0);

  /// Takes note of the server's time.
  ///
  /// @param ms milliseconds since 1970 UTC
  /// @param askedNanos `System.nanoTime()` before the question
  void heard(long ms, long askedNanos) {
    look = new Look(ms, askedNanos + (System.nanoTime() - askedNanos) / 2);
  }

  /// Asks the server, and returns its time.
  long ask(Session session) throws SQLException {
    long asked = System.nanoTime();
    long ms = session.list("ping", row -> row.getLong(1)).getFirst();
    heard(ms, asked);
    return ms;
  }

  @Override
  public long millis() {
    Look last = look;
    return last.ms + (System.nanoTime() - last.nanos) / 1_000_000;
  }

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(millis());
  }

  private record Look(long ms, long nanos) {}
}
