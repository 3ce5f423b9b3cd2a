// SPDX-License-Identifier: Apache-2.0
package dev.detent.peer;

import org.jspecify.annotations.Nullable;

/// Tells what a frame is for.
enum FrameKind {
  /// Asks: a request, its number and its deadline.
  ASK(1),
  /// Answers the request of that number.
  REPLY(2),
  /// Says that the request of that number was not handed to anybody, and why.
  NOT_TAKEN(3),
  /// Says that the request of that number was handed on but has no reply, and why.
  FAILED(4),
  /// Asks for a sign of life.
  PING(5),
  /// Gives it.
  PONG(6);

  private static final FrameKind[] ALL = values();

  private final byte code;

  FrameKind(int code) {
    this.code = (byte) code;
  }

  /// Returns how it is called on the wire.
  byte code() {
    return code;
  }

  static @Nullable FrameKind of(byte code) {
    for (FrameKind kind : ALL) {
      if (kind.code == code) {
        return kind;
      }
    }
    return null;
  }
}
