// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import dev.detent.engine.Engine;
import dev.detent.machine.Machine;
import dev.detent.server.door.Metrics;
import dev.detent.sql.SqlStore;
import dev.detent.store.Store;
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
  static final String ODD =
      """
      {"id":"odd","initial":"a b","states":{
        "a b":{"on":{"go":"ü%"}},"ü%":{"on":{"back":"a b"}}}}
      """;

  final Engine engine;
  final HttpDoor door;
  final Jobs jobs;

  private RunningDoor(Engine engine, HttpDoor door, Jobs jobs) {
    this.engine = engine;
    this.door = door;
    this.jobs = jobs;
  }

  static RunningDoor open(Path folder) {
    return open(folder, options -> options);
  }

  static RunningDoor open(Path folder, UnaryOperator<HttpOptions.Builder> change) {
    return open(SqlStore.sqlite(folder.resolve("test.db")).open(), new Jobs(), change);
  }

  static RunningDoor open(Store store, Jobs jobs, UnaryOperator<HttpOptions.Builder> change) {
    var metrics = new Metrics();
    var builder = HttpOptions.builder().port(0).metrics(metrics);
    HttpOptions options = change.apply(builder).build();
    Engine engine =
        Engine.builder(store)
            .machine(machine("turnstile", TURNSTILE))
            .machine(machine("odd", ODD))
            .machine(Machine.of(new Accounts()))
            .machine(Machine.of(jobs))
            .observer(metrics)
            .start();
    HttpDoor door =
        HttpDoor.open(engine, options, machine -> "<svg id=\"" + machine.name() + "\"/>");
    return new RunningDoor(engine, door, jobs);
  }

  static Machine machine(String name, String json) {
    return Machine.parse(name, json.getBytes(StandardCharsets.UTF_8));
  }

  int port() {
    return door.port();
  }

  @Override
  public void close() {
    door.close();
    engine.close();
  }
}
