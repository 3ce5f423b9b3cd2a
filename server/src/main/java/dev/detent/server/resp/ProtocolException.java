// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import org.jspecify.annotations.Nullable;

/// Says that what a client sent can't be read, so that its connection must end.
final class ProtocolException extends Exception {
  private static final long serialVersionUID = 1L;

  private final @Nullable String told;

  private ProtocolException(@Nullable String told) {
    super(told, null, false, false);
    this.told = told;
  }

  /// Refuses in Redis's words.
  static ProtocolException of(String what) {
    return new ProtocolException("ERR Protocol error: " + what);
  }

  /// Ends the connection without a word: what came is of another protocol.
  static ProtocolException silent() {
    return new ProtocolException(null);
  }

  /// Returns what to tell the client, or null for nothing.
  @Nullable String told() {
    return told;
  }
}
