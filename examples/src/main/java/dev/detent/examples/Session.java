// SPDX-License-Identifier: Apache-2.0
package dev.detent.examples;

import dev.detent.Key;
import dev.detent.codec.Json;
import dev.detent.engine.Engine;
import dev.detent.engine.Precondition;
import dev.detent.engine.Reply;
import dev.detent.engine.Request;
import dev.detent.machine.Machine;
import dev.detent.sql.SqlStore;
import dev.detent.store.EventRow;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Runs one machine in this process, on SQLite, and prints what is asked and answered.
final class Session implements AutoCloseable {
  private static final long ANSWER_S_MAX = 30;

  private final Machine machine;
  private final PrintStream out;
  private final Engine engine;

  private Session(Machine machine, PrintStream out, Engine engine) {
    this.machine = machine;
    this.out = out;
    this.engine = engine;
  }

  /// Opens a store.
  ///
  /// @param machine what runs on it
  /// @param folder where its file goes
  /// @param out where to print
  static Session open(Machine machine, Path folder, PrintStream out) {
    var store = SqlStore.sqlite(folder.resolve(machine.name() + ".db")).open();
    return new Session(machine, out, Engine.builder(store).machine(machine).start());
  }

  /// Returns the folder that the arguments of a `main` name, or a new one.
  static Path folder(String... arguments) throws IOException {
    return arguments.length == 0
        ? Files.createTempDirectory("detent-example")
        : Path.of(arguments[0]);
  }

  /// Calls a command without input and prints the answer.
  void call(String key, String command) {
    call(key, command, "null");
  }

  /// Calls a command and prints the answer.
  ///
  /// @param input JSON
  void call(String key, String command, String input) {
    out.println("> " + key + " " + command + (input.equals("null") ? "" : " " + input));
    var call =
        new Request.Call(
            new Key(machine.name(), key), command, Json.parse(input), null, Precondition.NONE);
    out.println(
        switch (ask(call)) {
          case Reply.Done done ->
              done.state() + " " + done.output() + ", version " + done.version();
          case Reply.Refused refused -> refused.problem().detail();
          case Reply other -> other.toString();
        });
  }

  /// Prints the events of an instance.
  void history(String key) {
    out.println("> " + key + " history");
    for (EventRow event : engine.events().history(new Key(machine.name(), key), 0, 100)) {
      String from = event.from() == null ? "" : event.from() + " ";
      out.println(event.version() + ". " + from + "-> " + event.to());
    }
  }

  private Reply ask(Request request) {
    var reply = new CompletableFuture<Reply>();
    engine.submit(request, reply::complete);
    return reply.orTimeout(ANSWER_S_MAX, TimeUnit.SECONDS).join();
  }

  @Override
  public void close() {
    engine.close();
  }
}
