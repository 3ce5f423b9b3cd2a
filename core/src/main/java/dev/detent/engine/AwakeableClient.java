// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.codec.Codec;
import dev.detent.codec.Json;
import org.jspecify.annotations.Nullable;

/// Answers what a handler waits for, or will wait for: see
/// [Awakeable][dev.detent.handler.Awakeable].
///
/// **Guarantees**: the first answer counts, whoever gives it. What is returned is durable.
///
/// **Threads**: safe for any number of threads, virtual ones too. The methods block, and must not
/// be called by a machine's own methods.
///
/// **Errors**: [DetentException][dev.detent.DetentException]; NOT_FOUND if no handler made such an
/// awakeable in its present life.
public final class AwakeableClient {
  private final Engine engine;
  private final String id;

  AwakeableClient(Engine engine, String id) {
    this.engine = engine;
    this.id = id;
  }

  /// Gives the answer.
  ///
  /// @param value anything that can be written as JSON and read as the type that the handler wants,
  ///   [Json] itself, or null
  /// @return whether this was the first answer
  public boolean resolve(@Nullable Object value) {
    return complete(new Request.Complete(id, Codec.standard().write(value), null));
  }

  /// Lets the handler's wait fail, with the code
  /// [REJECTED][dev.detent.handler.TerminalException#REJECTED].
  ///
  /// @param message why, for people
  /// @return whether this was the first answer
  public boolean reject(String message) {
    return complete(new Request.Complete(id, Json.NULL, message));
  }

  private boolean complete(Request.Complete request) {
    return ((Reply.Standing) Waiting.answer(engine, request)).changed();
  }
}
