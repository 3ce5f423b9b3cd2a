// SPDX-License-Identifier: Apache-2.0
package dev.detent.examples;

import dev.detent.DetentException;
import dev.detent.codec.Json;
import dev.detent.engine.Detent;
import dev.detent.engine.InvocationClient;
import dev.detent.engine.MachineClient;
import dev.detent.engine.Result;
import dev.detent.sql.SqlStore;
import dev.detent.store.EventRow;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;

/// Runs one machine in this process, on SQLite, and prints what is asked and answered.
final class Session implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Detent detent;
  private final MachineClient<?> machine;
  private final PrintStream out;

  private Session(Detent detent, String name, PrintStream out) {
    this.detent = detent;
    this.machine = detent.machine(name);
    this.out = out;
  }

  /// Opens a store and starts a machine on it.
  ///
  /// @param machine an annotated object, or a definition
  /// @param name the machine's name
  /// @param folder where the store's file goes
  /// @param out where to print
  static Session open(Object machine, String name, Path folder, PrintStream out) {
    var store = SqlStore.sqlite(folder.resolve(name + ".db")).open();
    return new Session(Detent.builder(store).machine(machine).start(), name, out);
  }

  /// Returns the folder that the arguments of a `main` name, or a new one.
  static Path folder(String... arguments) throws IOException {
    return arguments.length == 0
        ? Files.createTempDirectory("detent-example")
        : Path.of(arguments[0]);
  }

  Detent detent() {
    return detent;
  }

  /// Calls a command by its name, without input, and prints the answer.
  void call(String key, String command) {
    show(key + " " + command, () -> machine.call(key, command));
  }

  /// Calls a command by its name and prints the answer.
  ///
  /// @param input JSON
  void call(String key, String command, String input) {
    show(key + " " + command + " " + input, () -> machine.call(key, command, Json.parse(input)));
  }

  /// Has a command run, without input and without waiting for it.
  ///
  /// @return the id of the invocation
  String send(String key, String command) {
    out.println("> " + key + " " + command + ", sent");
    return machine.send(key, command, null, Duration.ZERO);
  }

  /// Answers what a handler waits for.
  void answer(String awakeable, Object value) {
    out.println("> resolve with " + value);
    detent.awakeable(awakeable).resolve(value);
  }

  /// Cancels an invocation.
  void cancel(String invocation) {
    out.println("> cancel");
    detent.invocation(invocation).cancel();
  }

  /// Waits for the end of an invocation, and prints how it ended.
  void result(String invocation) {
    InvocationClient client = detent.invocation(invocation);
    show("result", () -> Objects.requireNonNull(client.result(PATIENCE), "still running"));
  }

  /// Prints a question, and its answer or why there is none.
  void show(String question, Supplier<Result<?>> call) {
    out.println("> " + question);
    try {
      Result<?> result = call.get();
      out.println(result.state() + " " + result.json() + ", version " + result.version());
    } catch (DetentException e) {
      out.println(e.problem().detail());
    }
  }

  /// Prints the events of an instance.
  void history(String key) {
    out.println("> " + key + " history");
    for (EventRow event : machine.history(key, 0, 100)) {
      String from = event.from() == null ? "" : event.from() + " ";
      out.println(event.version() + ". " + from + "-> " + event.to());
    }
  }

  @Override
  public void close() {
    detent.close();
  }
}
