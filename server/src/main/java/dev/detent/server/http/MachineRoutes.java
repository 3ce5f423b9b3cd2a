// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import dev.detent.engine.Engine;
import dev.detent.machine.Machine;
import dev.detent.server.door.JsonWriter;
import dev.detent.server.door.Views;
import dev.detent.store.InstanceRow;
import dev.detent.store.Stranded;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Serves machines: their list, definitions, diagrams, instances and counts.
final class MachineRoutes {
  private MachineRoutes() {}

  static void list(Exchange exchange, Target target) {
    QueryText query = QueryText.parse(target.query());
    int limit = query.limit();
    String after = Pages.name(query.value("after"));
    var machines = new TreeMap<>(exchange.shared().engine().machines());
    var json = new JsonWriter(4_096).open('{').name("machines");
    Machine last =
        Pages.write(
            json,
            limit,
            (row, wanted) -> {
              String from = row == null ? after : row.name();
              Map<String, Machine> rest = from == null ? machines : machines.tailMap(from, false);
              return rest.values().stream().limit(wanted).toList();
            },
            Views::machine);
    json.name("next").string(last == null ? null : Pages.place(last.name())).close('}');
    exchange.send(200, Wire.JSON, json.toString());
  }

  static void definition(Exchange exchange, Target target) {
    exchange.send(200, Wire.JSON, machine(exchange, target).definition().text());
  }

  static void define(Exchange exchange, Target target) {
    String name = target.segment(2);
    Body.read(
        exchange,
        exchange.shared().options().definitionBytesMax(),
        bytes -> exchange.work(() -> define(exchange.shared(), name, bytes)));
  }

  private static Document define(Shared shared, String name, byte[] bytes) {
    Machine machine = Machine.parse(name, bytes);
    boolean isNew = !shared.engine().machines().containsKey(name);
    List<Stranded> stranded = shared.engine().define(machine);
    if (!stranded.isEmpty()) {
      throw Engine.conflict(machine, stranded).exception();
    }
    var json = new JsonWriter().open('{');
    json.name("definition").raw(machine.definition().text());
    json.name("warnings").value(machine.warnings()).close('}');
    return new Document(isNew ? 201 : 200, Wire.JSON, json.toString());
  }

  static void diagram(Exchange exchange, Target target) {
    Machine machine = machine(exchange, target);
    String format = QueryText.parse(target.query()).value("format");
    exchange.work(() -> Diagrams.draw(exchange.shared().svg(), machine, format));
  }

  static void instances(Exchange exchange, Target target) {
    Machine machine = machine(exchange, target);
    QueryText query = QueryText.parse(target.query());
    int limit = query.limit();
    String after = Pages.name(query.value("after"));
    String state = state(machine, query.value("state"));
    exchange.work(() -> {
      var json = new JsonWriter(4_096).open('{').name("instances");
      InstanceRow last =
          Pages.write(
              json,
              limit,
              (row, wanted) -> {
                String from = row == null ? after : row.key().key();
                var instances = exchange.shared().engine().instances();
                return instances.list(machine.name(), state, from, wanted);
              },
              (out, row) -> Views.instance(out, row, machine));
      json.name("next").string(last == null ? null : Pages.place(last.key().key())).close('}');
      return Document.json(json.toString());
    });
  }

  static void counts(Exchange exchange, Target target) {
    Machine machine = machine(exchange, target);
    exchange.work(() -> {
      var counts = new LinkedHashMap<String, Object>();
      machine.states().keySet().forEach(state -> counts.put(state, 0L));
      counts.putAll(exchange.shared().engine().instances().counts(machine.name()));
      return Document.json(new JsonWriter().value(counts).toString());
    });
  }

  private static @Nullable String state(Machine machine, @Nullable String state) {
    // A row of the user's may be in any state: whoever counts these wants to find them.
    if (state != null && machine.table() == null && !machine.isState(state)) {
      throw Refusals.bad(
          "state: expected one of " + machine.states().keySet() + ", got '" + state + "'");
    }
    return state;
  }

  private static Machine machine(Exchange exchange, Target target) {
    Machine machine = exchange.shared().engine().machines().get(target.segment(2));
    if (machine == null) {
      throw Refusals.machine(target.segment(2)).exception();
    }
    return machine;
  }
}
