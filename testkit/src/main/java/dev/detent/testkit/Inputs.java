// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import dev.detent.codec.Codec;
import dev.detent.codec.Json;
import dev.detent.machine.Machine;
import dev.detent.machine.Transition;
import java.lang.reflect.Type;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/// Makes inputs for commands: as the user says, or from samples of their types.
final class Inputs {
  private final Samples samples;
  private final Codec codec;
  private final Map<String, Function<? super RandomGenerator, ?>> own = new HashMap<>();

  Inputs(Samples samples, Codec codec) {
    this.samples = samples;
    this.codec = codec;
  }

  /// Makes the inputs of a command by a function of the user's.
  void use(String command, Function<? super RandomGenerator, ?> function) {
    own.put(command, function);
  }

  /// Returns an input for a transition.
  ///
  /// @throws IllegalArgumentException if nobody knows how to make one
  Json of(String command, Transition transition) {
    Function<? super RandomGenerator, ?> function = own.get(command);
    if (function != null) {
      return codec.write(samples.by(function));
    }
    Type type = transition.action().input();
    return type == null ? Json.NULL : codec.write(samples.of(type), type);
  }

  /// Returns an input that a command takes somewhere, or none if nobody knows how to make one.
  Json any(Machine machine, String command) {
    for (Transition transition : machine.transitions()) {
      if (command.equals(transition.command())) {
        try {
          return of(command, transition);
        } catch (IllegalArgumentException e) {
          return Json.NULL;
        }
      }
    }
    return Json.NULL;
  }
}
