// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.codec.Json;
import dev.detent.machine.Machine;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Shows one instance as it was committed when it was read.
///
/// **Threads**: immutable.
public final class Snapshot {
  private final Instance instance;
  private final Decoding decoding;

  Snapshot(Instance instance, Decoding decoding) {
    this.instance = instance;
    this.decoding = decoding;
  }

  /// Shows an instance of a machine.
  public static Snapshot of(Instance instance, Machine machine) {
    return new Snapshot(instance, new Decoding(machine));
  }

  /// Returns the instance's key.
  public String key() {
    return instance.key().key();
  }

  /// Returns the name of the state.
  public String state() {
    return instance.state();
  }

  /// Returns the state as an object: asked for the sealed interface of the states, its record.
  ///
  /// ```java
  /// switch (doors.read("front").as(Door.State.class)) {
  ///   case Open open -> close(open.since());
  ///   case Closed _ -> {}
  /// }
  /// ```
  ///
  /// @param type the sealed interface, the record, or what the data of a JSON machine is read as
  /// @throws IllegalStateException if the instance is not in such a state
  @SuppressWarnings("unchecked") // Not Class.cast, which knows no primitive types.
  public <S> S as(Class<S> type) {
    Type narrowed = decoding.narrowed(instance.state(), type);
    var declared = decoding.machine().states().get(instance.state());
    if (declared != null && narrowed.equals(declared.type())) {
      return (S) instance.value().as(narrowed, decoding.machine().codec());
    }
    if (type.isRecord() && declared != null && declared.type() != null) {
      String got = "it in state " + instance.state();
      throw new IllegalStateException(
          instance.key() + ": expected state " + type.getSimpleName() + ", got " + got);
    }
    return (S) read(type);
  }

  private Object read(Type type) {
    Object value = decoding.read(data(), instance.state(), type);
    if (value == null) {
      throw new IllegalStateException(instance.key() + ": expected data, got null");
    }
    return value;
  }

  /// Returns what the instance holds, as JSON.
  public Json data() {
    return instance.value().json();
  }

  /// Returns how many events the instance has had; 0 if it is there without ever being touched.
  public long version() {
    return instance.version();
  }

  /// Returns the commands that are allowed now.
  public List<String> allowed() {
    return decoding.machine().allowed(instance.state());
  }

  /// Returns when the first event was, or null if there was none.
  public @Nullable Instant createdAt() {
    return time(instance.createdAt());
  }

  /// Returns when the last event was, or null if there was none.
  public @Nullable Instant updatedAt() {
    return time(instance.updatedAt());
  }

  /// Returns when the state was entered, or null if there was no event.
  public @Nullable Instant enteredAt() {
    return time(instance.enteredAt());
  }

  private @Nullable Instant time(long at) {
    return at == 0 ? null : Instant.ofEpochMilli(at);
  }

  /// Returns key, state, version and data, for messages.
  @Override
  public String toString() {
    return instance.key() + " " + state() + " (version " + version() + "): " + data();
  }
}
