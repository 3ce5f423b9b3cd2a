// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.ErrorCode;
import dev.detent.Problem;
import dev.detent.annotation.StateMachine;
import dev.detent.event.ConsumerBuilder;
import dev.detent.event.Consumers;
import dev.detent.store.Store;
import java.sql.Connection;
import org.jspecify.annotations.Nullable;

/// Runs machines inside an application: the face for Java.
///
/// ```java
/// try (Detent detent = Detent.builder(store).machine(new DoorMachine()).start()) {
///   var doors = detent.machine(DoorMachine.class);
///   Open open = doors.call("front", DoorMachine::open).output();
/// }
/// ```
///
/// **Threads**: safe for any number of threads.
public final class Detent implements AutoCloseable {
  private final Engine engine;

  Detent(Engine engine) {
    this.engine = engine;
  }

  /// Begins to configure.
  ///
  /// @param store where everything is kept; it is closed with this
  public static DetentBuilder builder(Store store) {
    return new DetentBuilder(Engine.builder(store));
  }

  /// Returns the engine, for what has no place here: the log of events, lists, definitions, load.
  public Engine engine() {
    return engine;
  }

  /// Returns a client of the machine that an annotated class defines.
  ///
  /// @throws dev.detent.RefusedException NOT_FOUND if that machine does not run here
  public <M> MachineClient<M> machine(Class<M> annotated) {
    StateMachine mark = annotated.getAnnotation(StateMachine.class);
    if (mark == null) {
      String what = "class " + annotated.getSimpleName() + ": expected @StateMachine on it";
      throw missing(what + ", got none; use the machine's name", null);
    }
    return client(mark.value());
  }

  /// Returns a client of a machine, however it was defined.
  ///
  /// @throws dev.detent.RefusedException NOT_FOUND if that machine does not run here
  public MachineClient<?> machine(String name) {
    return client(name);
  }

  /// Begins to configure a consumer of events.
  ///
  /// @param name its name, under which its place is kept: `[A-Za-z][A-Za-z0-9_.-]{0,63}`
  public ConsumerBuilder consumer(String name) {
    return engine.consumers().consumer(name);
  }

  /// Returns the consumers of events, of this process and of all.
  public Consumers consumers() {
    return engine.consumers();
  }

  /// Returns a client of one invocation, whether there is one or not.
  ///
  /// @param id its id, as [MachineClient#send] and [Result#id] return it
  public InvocationClient invocation(String id) {
    return new InvocationClient(engine, id);
  }

  /// Runs something in one transaction of the store's database: the caller's own SQL, and moves of
  /// instances.
  ///
  /// ```java
  /// detent.transaction(tx -> {
  ///   tx.call(new Key("door", "front"), "open", Json.NULL, MoveOptions.NONE);
  ///   try (var insert = tx.connection().prepareStatement("insert into visits …")) { … }
  ///   return true;
  /// });
  /// ```
  ///
  /// The partitions of the instances that it touches are locked until it ends, so it should be
  /// short. What it throws rolls everything back. A client of this engine must not be asked
  /// meanwhile on the same thread: it is refused, since it might wait for itself.
  ///
  /// @param work what to run; its connection must not be committed, rolled back or closed
  /// @return what the work returned, once it is committed
  /// @throws E what the work throws
  /// @throws dev.detent.UnavailableException if nothing of it is committed; run it again
  /// @throws dev.detent.OutcomeUnknownException if it may be committed or not
  public <T extends @Nullable Object, E extends Exception> T transaction(Transacting<T, E> work)
      throws E {
    return engine.transaction(work);
  }

  /// Takes part in a transaction that the caller began on a connection of its own and will end.
  ///
  /// @param connection a connection to the store's database, not in auto-commit; on SQLite one
  ///   whose transactions begin as IMMEDIATE, and that is closed after its commit: the driver
  ///   begins the next transaction at once, and all others who write wait for that
  public JoinedTransaction join(Connection connection) {
    return engine.join(connection);
  }

  /// Returns the lists of invocations and their journals.
  public Invocations invocations() {
    return engine.invocations();
  }

  /// Returns a client of what a handler waits for, whether there is such a thing or not.
  ///
  /// @param id its id, as the handler gave it away
  public AwakeableClient awakeable(String id) {
    return new AwakeableClient(engine, id);
  }

  private <M> MachineClient<M> client(String name) {
    if (!engine.machines().containsKey(name)) {
      String known = String.join(", ", engine.machines().keySet());
      String got = known.isEmpty() ? "no machine at all" : "only " + known;
      throw missing("machine " + name + ": expected it to run here, got " + got, name);
    }
    return new MachineClient<>(engine, name);
  }

  private static RuntimeException missing(String what, @Nullable String name) {
    Problem problem = Problem.of(ErrorCode.NOT_FOUND, what).with("what", "machine");
    return (name == null ? problem : problem.with("machine", name)).exception();
  }

  /// Stops within 5 s, and closes the store.
  @Override
  public void close() {
    engine.close();
  }
}
