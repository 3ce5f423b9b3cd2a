// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.DetentException;
import dev.detent.codec.Json;
import dev.detent.machine.Machine;
import dev.detent.machine.State;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/// Turns what a machine holds and answers into Java values.
///
/// @param machine whose codec and states are used
record Decoding(Machine machine) {
  /// Reads a value as the type that is asked for. If that is an interface of states, it is read as
  /// the record of the state, since data is kept without the record's name.
  ///
  /// @param json the value
  /// @param state the state that it belongs to
  /// @param type the wanted type
  /// @throws IllegalStateException if it does not fit
  @Nullable Object read(Json json, String state, Type type) {
    try {
      return machine.codec().readStored(json, narrowed(state, type));
    } catch (DetentException e) {
      String what = machine.name() + ": expected " + type.getTypeName() + ", got " + json;
      throw new IllegalStateException(what + "; ask for another type", e);
    }
  }

  /// Returns the record of a state where an interface of states is asked for, else that type.
  Type narrowed(String state, Type type) {
    State declared = machine.states().get(state);
    Class<?> record = declared == null ? null : declared.type();
    boolean isInterface = type instanceof Class<?> c && c.isInterface();
    return record != null && isInterface && ((Class<?>) type).isAssignableFrom(record)
        ? record
        : type;
  }
}
