// SPDX-License-Identifier: Apache-2.0
package dev.detent.event;

import dev.detent.Offset;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// Marks a reader's place in every partition. Its text is opaque to users.
///
/// **Threads**: immutable.
public final class Cursor {
  /// The beginning of every partition.
  public static final Cursor START = new Cursor(new long[0]);

  /// Begins every text, so that another form can be told apart later.
  private static final byte FORM = 1;

  private static final int PARTITIONS_MAX = 4_096;
  private static final int NUMBER_BYTES_MAX = 9;

  /// Has no zeros at its end, so that equal places have equal offsets.
  private final long[] offsets;

  private Cursor(long[] offsets) {
    int length = offsets.length;
    while (length > 0 && offsets[length - 1] == 0) {
      length--;
    }
    this.offsets = Arrays.copyOf(offsets, length);
  }

  /// Returns the cursor that [#toString] wrote, or null if the text is none. An empty text is
  /// [#START].
  public static @Nullable Cursor parse(String text) {
    if (text.isEmpty()) {
      return START;
    }
    if (text.length() > PARTITIONS_MAX * NUMBER_BYTES_MAX) {
      return null;
    }
    try {
      Cursor cursor = read(ByteBuffer.wrap(Base64.getUrlDecoder().decode(text)));
      return cursor != null && cursor.toString().equals(text) ? cursor : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /// Returns the cursor just after an event, or null if no store has so many partitions.
  public static @Nullable Cursor after(Offset event) {
    return event.partition() < PARTITIONS_MAX
        ? START.with(event.partition(), event.offset())
        : null;
  }

  private static @Nullable Cursor read(ByteBuffer bytes) {
    if (!bytes.hasRemaining() || bytes.get() != FORM) {
      return null;
    }
    long[] offsets = new long[bytes.remaining()];
    int count = 0;
    while (bytes.hasRemaining()) {
      offsets[count] = number(bytes);
      if (offsets[count] < 0) {
        return null;
      }
      count++;
    }
    return new Cursor(Arrays.copyOf(offsets, count));
  }

  /// Reads a number of seven bits a byte, the lowest first, or returns -1 if it does not end.
  private static long number(ByteBuffer bytes) {
    long number = 0;
    for (int i = 0; i < NUMBER_BYTES_MAX && bytes.hasRemaining(); i++) {
      byte next = bytes.get();
      number |= (next & 0x7fL) << (7 * i);
      if (next >= 0) {
        return number;
      }
    }
    return -1;
  }

  /// Returns the offsets of so many partitions.
  long[] offsets(int partitions) {
    return Arrays.copyOf(offsets, partitions);
  }

  /// Returns the cursor of these offsets.
  static Cursor of(long[] offsets) {
    return new Cursor(offsets);
  }

  /// Returns beyond which partition it surely is at the beginning.
  int partitions() {
    return offsets.length;
  }

  /// Returns the offset of the last event that was read in a partition, 0 for none.
  public long offset(int partition) {
    return partition < offsets.length ? offsets[partition] : 0;
  }

  /// Returns this cursor moved in one partition.
  public Cursor with(int partition, long offset) {
    long[] moved = Arrays.copyOf(offsets, Math.max(offsets.length, partition + 1));
    moved[partition] = offset;
    return new Cursor(moved);
  }

  /// Tells whether the other marks the same place.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Cursor cursor && Arrays.equals(cursor.offsets, offsets);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(offsets);
  }

  /// Returns the text that [#parse] reads: letters, digits, `-` and `_`, never empty.
  @Override
  public String toString() {
    var bytes = ByteBuffer.allocate(1 + offsets.length * NUMBER_BYTES_MAX).put(FORM);
    for (long offset : offsets) {
      long rest = offset;
      for (; rest > 0x7f; rest >>>= 7) {
        bytes.put((byte) (rest | 0x80));
      }
      bytes.put((byte) rest);
    }
    byte[] written = Arrays.copyOf(bytes.array(), bytes.position());
    return Base64.getUrlEncoder().withoutPadding().encodeToString(written);
  }
}
