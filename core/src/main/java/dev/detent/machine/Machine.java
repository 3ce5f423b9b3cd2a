// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import dev.detent.codec.Json;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Defines a kind of entity: the states it can be in and the transitions between them.
///
/// However it was written (annotated class, code, JSON), a definition is this one value; engine,
/// doors, diagrams and checks know only this.
///
/// **Threads**: immutable. The actions inside are pure and may be called by any thread.
public interface Machine {
  /// Says where a definition came from.
  enum Kind {
    /// An annotated class.
    JAVA,
    /// Code: `Machine.define`.
    CODE,
    /// JSON.
    JSON,
    /// Part of the server.
    BUILT_IN
  }

  /// Returns the name: `[A-Za-z][A-Za-z0-9_.-]{0,63}`, not reserved.
  String name();

  /// Returns where the definition came from.
  Kind kind();

  /// Returns the states by name, in the order of declaration.
  Map<String, State> states();

  /// Returns the state in which a new instance begins.
  String initial();

  /// Returns what every key is before its first event, or null if instances must be created.
  @Nullable Implicit implicit();

  /// Returns the names of all commands, in the order of declaration, creating ones included.
  Set<String> commands();

  /// Returns all transitions: by command, creating, and by timeout.
  List<Transition> transitions();

  /// Returns the transition that a command makes from a state, or null if it is not allowed there.
  ///
  /// @param state a state of this machine, or null for an instance that does not exist
  /// @param command any text
  @Nullable Transition transition(@Nullable String state, String command);

  /// Returns the commands that are allowed in a state, in the order of declaration.
  ///
  /// @param state a state of this machine, or null for an instance that does not exist
  List<String> allowed(@Nullable String state);

  /// Returns the timeouts that start when a state is entered; empty for an unknown state.
  List<Timeout> timeouts(String state);

  /// Returns a timeout by its state and name, or null if the definition has it no more.
  @Nullable Timeout timeout(String state, String name);

  /// Returns the queries by name.
  Map<String, Query> queries();

  /// Returns what is doubtful but not wrong: unreachable states, dead ends.
  List<String> warnings();

  /// Returns the definition as JSON (a subset of XState's machine configuration), for any kind.
  Json definition();

  /// Returns a hash of [#definition] that is the same in every process: 64 hexadecimal digits.
  String hash();
}
