// SPDX-License-Identifier: Apache-2.0
package dev.detent.peer;

import dev.detent.RefusedException;
import dev.detent.codec.Json;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/// Reads frames, and refuses what is none.
///
/// **Threads**: one.
final class FrameReader {
  private static final int BUFFER_BYTES = 64 << 10;

  private final DataInputStream in;
  private final int bytesMax;

  FrameReader(InputStream in, int bytesMax) {
    this.in = new DataInputStream(new BufferedInputStream(in, BUFFER_BYTES));
    this.bytesMax = bytesMax;
  }

  /// Waits for the next frame.
  ///
  /// @throws EOFException at the end, in a frame or between two
  /// @throws IOException if the connection broke, or if what comes is no frame: nothing that
  ///   follows can be read then
  Frame next() throws IOException {
    int length = in.readInt() - Frame.HEADER_BYTES;
    if (length < 0 || length > bytesMax) {
      throw new IOException(
          "frame: expected 0 to " + bytesMax + " bytes after its header, got " + length);
    }
    byte code = in.readByte();
    long number = in.readLong();
    long deadlineMs = in.readLong();
    FrameKind kind = FrameKind.of(code);
    if (kind == null) {
      throw new IOException("frame: expected a kind of 1 to 6, got " + code);
    }
    return new Frame(kind, number, deadlineMs, body(length));
  }

  private Json body(int length) throws IOException {
    // Takes memory as the bytes come, not as the length claims.
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException();
    }
    try {
      return Json.parseInput(bytes);
    } catch (RefusedException e) {
      throw new IOException("frame: " + e.getMessage(), e);
    }
  }
}
