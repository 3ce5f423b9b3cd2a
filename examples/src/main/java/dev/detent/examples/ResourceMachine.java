// SPDX-License-Identifier: Apache-2.0
package dev.detent.examples;

import dev.detent.Key;
import dev.detent.annotation.Initial;
import dev.detent.annotation.Query;
import dev.detent.annotation.StateMachine;
import dev.detent.annotation.Transition;
import dev.detent.codec.DurationText;
import dev.detent.handler.Context;
import dev.detent.handler.RetryPolicy;
import dev.detent.machine.Next;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/// Shows durable handlers: setting a resource up and tearing it down take a call to a cloud that
/// can't be relied on, and a while. Whatever fails or crashes meanwhile, each is done once, one
/// after the other; and a command means something in every state: who sets up what is up already is
/// told so.
///
/// A resource settles for 5 s, or what the environment variable `RESOURCE_SLEEP` says, such as
/// `200ms`.
@StateMachine("resource")
public final class ResourceMachine {
  private static final RetryPolicy STUBBORN =
      RetryPolicy.of(1_000).pauses(Duration.ofMillis(10), Duration.ofSeconds(1));

  private final Cloud cloud;
  private final Duration settling;

  /// Is one of the two states.
  public sealed interface Resource {
    /// Can't be used.
    record Down() implements Resource {}

    /// Can be used.
    ///
    /// @param url where
    record Up(String url) implements Resource {}
  }

  /// Makes the machine as environment variables want it.
  public ResourceMachine() {
    this(Cloud.of(System.getenv()), settling(System.getenv()));
  }

  /// Makes the machine.
  ///
  /// @param cloud where resources come from
  /// @param settling how long a resource takes to settle
  ResourceMachine(Cloud cloud, Duration settling) {
    this.cloud = cloud;
    this.settling = settling;
  }

  private static Duration settling(Map<String, String> environment) {
    return DurationText.parse(environment.getOrDefault("RESOURCE_SLEEP", "5s"));
  }

  /// Says what a resource is before anybody has touched it.
  @Initial
  public Resource.Down down() {
    return new Resource.Down();
  }

  /// Sets up what is down.
  @Transition
  public Next<Resource.Up, String> setUp(Resource.Down from, Context ctx) {
    String name = ctx.key();
    String url = ctx.step("provision", String.class, STUBBORN, () -> cloud.provision(name));
    ctx.sleep(settling);
    return Next.to(new Resource.Up(url)).reply(name + " is now UP");
  }

  /// Leaves alone what is up.
  @Transition
  public Next<Resource.Up, String> setUp(Resource.Up already, Key key) {
    return Next.stay(already).reply(key.key() + " is already UP");
  }

  /// Tears down what is up.
  @Transition
  public Next<Resource.Down, String> tearDown(Resource.Up from, Context ctx) {
    String name = ctx.key();
    ctx.step("release", STUBBORN, () -> cloud.release(name));
    ctx.sleep(settling);
    return Next.to(new Resource.Down()).reply(name + " is now DOWN");
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
    run(new ResourceMachine(), Session.folder(arguments), System.out);
  }

  static void run(ResourceMachine machine, Path folder, PrintStream out) {
    try (var session = Session.open(machine, "resource", folder, out)) {
      session.call("db-1", "tearDown");
      session.call("db-1", "setUp");
      session.call("db-1", "setUp");
      session.call("db-1", "tearDown");
      session.history("db-1");
    }
  }
}
