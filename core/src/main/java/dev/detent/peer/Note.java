// SPDX-License-Identifier: Apache-2.0
package dev.detent.peer;

import dev.detent.codec.Json;

/// Holds a frame to be written that does not ask.
///
/// @param kind what it is for
/// @param number the request's number
/// @param text its value as JSON, or nothing
record Note(FrameKind kind, long number, String text) implements Outgoing {
  private static final int OVERHEAD_BYTES = 64;

  /// Returns a sign of life, or the wish for one.
  static Note sign(FrameKind kind, long number) {
    return new Note(kind, number, "");
  }

  /// Returns a frame with a sentence.
  static Note sentence(FrameKind kind, long number, String sentence) {
    return new Note(kind, number, Json.string(sentence).text());
  }

  @Override
  public int bytes() {
    return OVERHEAD_BYTES + text.length();
  }

  @Override
  public void write(FrameBuffer out) {
    out.add(kind, number, 0, text);
  }
}
