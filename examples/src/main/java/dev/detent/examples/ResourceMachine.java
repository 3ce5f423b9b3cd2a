// SPDX-License-Identifier: Apache-2.0
package dev.detent.examples;

import dev.detent.Key;
import dev.detent.annotation.Initial;
import dev.detent.annotation.Query;
import dev.detent.annotation.StateMachine;
import dev.detent.annotation.Transition;
import dev.detent.machine.Next;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;

/// Shows commands that mean something in every state: a resource is down or up, and who sets up
/// what is up already is told so.
@StateMachine("resource")
public final class ResourceMachine {
  /// Is one of the two states.
  public sealed interface Resource {
    /// Can't be used.
    record Down() implements Resource {}

    /// Can be used.
    record Up() implements Resource {}
  }

  /// Makes the machine.
  public ResourceMachine() {}

  /// Says what a resource is before anybody has touched it.
  @Initial
  public Resource.Down down() {
    return new Resource.Down();
  }

  /// Sets up what is down.
  @Transition
  public Next<Resource.Up, String> setUp(Resource.Down from, Key key) {
    return Next.to(new Resource.Up()).reply(key.key() + " is now UP");
  }

  /// Leaves alone what is up.
  @Transition
  public Next<Resource.Up, String> setUp(Resource.Up already, Key key) {
    return Next.stay(already).reply(key.key() + " is already UP");
  }

  /// Tears down what is up.
  @Transition
  public Next<Resource.Down, String> tearDown(Resource.Up from, Key key) {
    return Next.to(new Resource.Down()).reply(key.key() + " is now DOWN");
  }

  /// Leaves alone what is down.
  @Transition
  public Next<Resource.Down, String> tearDown(Resource.Down already, Key key) {
    return Next.stay(already).reply(key.key() + " is not yet UP");
  }

  /// Answers in one word.
  @Query
  public String status(Resource now) {
    return switch (now) {
      case Resource.Down down -> "DOWN";
      case Resource.Up up -> "UP";
    };
  }

  /// Runs it.
  ///
  /// @param arguments the folder for the store; without one, a new folder
  public static void main(String... arguments) throws IOException {
    run(Session.folder(arguments), System.out);
  }

  static void run(Path folder, PrintStream out) {
    try (var session = Session.open(new ResourceMachine(), "resource", folder, out)) {
      session.call("db-1", "tearDown");
      session.call("db-1", "setUp");
      session.call("db-1", "setUp");
      session.call("db-1", "tearDown");
      session.history("db-1");
    }
  }
}
