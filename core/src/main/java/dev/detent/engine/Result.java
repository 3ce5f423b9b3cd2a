// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.codec.Json;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/// Tells what a command that was done did. Whatever it says is durable.
///
/// **Threads**: immutable.
///
/// @param <T> the answer: what the method declares if the command was named by a method, else
///   [Json]
public final class Result<T extends @Nullable Object> {
  private final Reply.Done done;
  private final Decoding decoding;
  private final Type type;

  Result(Reply.Done done, Decoding decoding, Type type) {
    this.done = done;
    this.decoding = decoding;
    this.type = type;
  }

  /// Returns the answer: by default the state that was reached, as its record.
  ///
  /// @throws IllegalStateException if the answer is not of the declared type
  // The type is what T was inferred from; null comes only where the machine's method answered so.
  @SuppressWarnings({"unchecked", "NullAway"})
  public T output() {
    return (T) decoding.read(done.output(), done.state(), type);
  }

  /// Returns the answer as another type. Asked for the sealed interface of the states, the record
  /// of the state that was reached is returned.
  ///
  /// @throws IllegalStateException if the answer is not of that type
  @SuppressWarnings("unchecked") // Not Class.cast, which knows no primitive types.
  public <V> V as(Class<V> wanted) {
    Object value = decoding.read(done.output(), done.state(), wanted);
    if (value == null) {
      throw new IllegalStateException(
          "answer: expected " + wanted.getSimpleName() + ", got null; see json()");
    }
    return (V) value;
  }

  /// Returns the answer as JSON.
  public Json json() {
    return done.output();
  }

  /// Returns the name of the state after the command.
  public String state() {
    return done.state();
  }

  /// Returns the version after the command.
  public long version() {
    return done.version();
  }

  /// Returns the id of the run: the same for every repeat with the same idempotency key.
  public String id() {
    return done.id();
  }

  /// Returns whether this is the answer of an earlier call with the same idempotency key.
  public boolean replayed() {
    return done.replayed();
  }

  /// Returns state, version and answer, for messages.
  @Override
  public String toString() {
    return done.state() + " (version " + done.version() + "): " + done.output();
  }
}
