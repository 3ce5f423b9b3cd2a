// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import dev.detent.engine.Engine;
import dev.detent.machine.DocumentMachine;
import dev.detent.machine.Machine;
import dev.detent.sql.SqlStore;
import dev.detent.store.Store;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/// Runs a door on a real engine and a real SQLite file.
final class RunningDoor implements AutoCloseable {
  static final String TURNSTILE =
      """
      {"id":"turnstile","initial":"locked","states":{
        "locked":{"on":{"coin":"unlocked"}},
        "unlocked":{"on":{"push":"locked","coin":"unlocked"},"after":{"1h":"locked"}}}}
      """;

  final Engine engine;
  final RespDoor door;

  private RunningDoor(Engine engine, RespDoor door) {
    this.engine = engine;
    this.door = door;
  }

  static RunningDoor open(Path folder) {
    return open(folder, options -> options);
  }

  static RunningDoor open(Path folder, UnaryOperator<RespOptions> change) {
    return open(SqlStore.sqlite(folder.resolve("test.db")).open(), change);
  }

  static RunningDoor open(Store store, UnaryOperator<RespOptions> change) {
    byte[] turnstile = TURNSTILE.getBytes(StandardCharsets.UTF_8);
    Engine engine =
        Engine.builder(store)
            .machine(DocumentMachine.machine())
            .machine(Machine.parse("turnstile", turnstile))
            .start();
    RespDoor door = RespDoor.open(engine, change.apply(RespOptions.of("127.0.0.1", 0)));
    return new RunningDoor(engine, door);
  }

  int port() {
    return door.port();
  }

  RespClient client() throws IOException {
    return new RespClient(port());
  }

  @Override
  public void close() {
    door.close();
    engine.close();
  }
}
