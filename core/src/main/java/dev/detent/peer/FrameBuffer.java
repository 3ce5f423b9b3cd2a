// SPDX-License-Identifier: Apache-2.0
package dev.detent.peer;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Collects frames to write them together.
///
/// **Threads**: one.
final class FrameBuffer {
  /// From so many bytes on it is worth writing them.
  static final int FULL_BYTES = 64 << 10;

  private static final int KEEP_BYTES = 4 * FULL_BYTES;

  private byte[] bytes = new byte[2 * FULL_BYTES];
  private int size;

  /// Adds a frame.
  ///
  /// @param text the value as JSON, or nothing
  void add(FrameKind kind, long number, long deadlineMs, String text) {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    int length = Frame.HEADER_BYTES + body.length;
    int end = size + Integer.BYTES + length;
    if (end > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(end, 2 * bytes.length));
    }
    ByteBuffer.wrap(bytes, size, end - size)
        .putInt(length)
        .put(kind.code())
        .putLong(number)
        .putLong(deadlineMs)
        .put(body);
    size = end;
  }

  /// Tells whether it is worth writing.
  boolean isFull() {
    return size >= FULL_BYTES;
  }

  /// Writes everything in slices, and is empty then.
  ///
  /// @param moved run before each slice
  void writeTo(OutputStream out, Runnable moved) throws IOException {
    for (int from = 0; from < size; from += FULL_BYTES) {
      moved.run();
      out.write(bytes, from, Math.min(FULL_BYTES, size - from));
    }
    size = 0;
    if (bytes.length > KEEP_BYTES) {
      bytes = new byte[2 * FULL_BYTES];
    }
  }
}
