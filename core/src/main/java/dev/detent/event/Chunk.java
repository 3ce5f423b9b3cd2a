// SPDX-License-Identifier: Apache-2.0
package dev.detent.event;

import dev.detent.store.EventRow;
import java.util.List;

/// Says how many events to read at once: twice as many as before while they are small, fewer when
/// they are large.
///
/// **Limits**: what was read last fits [#BYTES_MAX], or the next chunk is smaller. Only where large
/// events follow many small ones does one chunk take more.
///
/// **Threads**: one.
final class Chunk {
  private static final int FIRST = 100;
  private static final long BYTES_MAX = 4 << 20;
  private static final long ROW_BYTES = 200;

  private final int most;
  private int next;

  /// Begins small.
  ///
  /// @param most the largest size
  Chunk(int most) {
    this.most = most;
    this.next = Math.min(most, FIRST);
  }

  /// Returns the size of the next chunk.
  int next() {
    return next;
  }

  /// Learns from a chunk.
  void read(List<EventRow> found) {
    long bytes = found.stream().mapToLong(Chunk::bytes).sum();
    long fitting = found.isEmpty() ? next : BYTES_MAX * found.size() / bytes;
    next = (int) Math.max(1, Math.min(Math.min(most, 2L * next), fitting));
  }

  private static long bytes(EventRow row) {
    String metadata = row.metadata();
    return ROW_BYTES + row.input().length() + (metadata == null ? 0 : metadata.length());
  }
}
