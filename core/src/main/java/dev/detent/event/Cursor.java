// SPDX-License-Identifier: Apache-2.0
package dev.detent.event;

import org.jspecify.annotations.Nullable;

/// Marks a reader's place in every partition. Its text is opaque to users.
///
/// **Threads**: immutable.
public final class Cursor {
  /// The beginning of every partition.
  public static final Cursor START = new Cursor(new long[0]);

  private final long[] offsets;

  private Cursor(long[] offsets) {
    this.offsets = offsets;
  }

  /// Returns the cursor that [#toString] wrote, or null if the text is none.
  public static @Nullable Cursor parse(String text) {
    return text.isEmpty() ? START : null;
  }

  /// Returns the offset of the last event that was read in a partition, 0 for none.
  public long offset(int partition) {
    return partition < offsets.length ? offsets[partition] : 0;
  }

  /// Returns this cursor moved in one partition.
  public Cursor with(int partition, long offset) {
    long[] moved = java.util.Arrays.copyOf(offsets, Math.max(offsets.length, partition + 1));
    moved[partition] = offset;
    return new Cursor(moved);
  }
}
