// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.door;

import dev.detent.engine.Instance;
import dev.detent.engine.Running;
import dev.detent.machine.Machine;
import dev.detent.store.EventRow;
import dev.detent.store.InstanceRow;
import org.jspecify.annotations.Nullable;

/// Shows instances, events and machines as JSON.
public final class Views {
  private Views() {}

  /// Shows an instance.
  ///
  /// @param running what runs on it, or null
  public static void instance(
      JsonWriter json, Instance instance, @Nullable Running running, Machine machine) {
    json.open('{');
    json.name("machine").string(instance.key().machine());
    json.name("key").string(instance.key().key());
    json.name("state").string(instance.state());
    json.name("data").raw(instance.value().json().text());
    json.name("version").number(instance.version());
    json.name("createdAt").time(instance.createdAt());
    json.name("updatedAt").time(instance.updatedAt());
    json.name("enteredAt").time(instance.enteredAt());
    json.name("allowed").open('[');
    for (String command : machine.allowed(instance.state())) {
      json.string(command);
    }
    json.close(']').name("running");
    if (running == null) {
      json.raw("null");
    } else {
      InvocationViews.running(json, running);
    }
    json.close('}');
  }

  /// Shows an instance as a row of a list.
  public static void instance(JsonWriter json, InstanceRow row, Machine machine) {
    instance(json, Instance.of(row), null, machine);
  }

  /// Shows an event.
  public static void event(JsonWriter json, EventRow event) {
    json.open('{');
    json.name("id").string(event.offset().toString());
    json.name("machine").string(event.key().machine());
    json.name("key").string(event.key().key());
    json.name("partition").number(event.offset().partition());
    json.name("offset").number(event.offset().offset());
    json.name("version").number(event.version());
    json.name("command").string(event.command());
    json.name("from").string(event.from());
    json.name("to").string(event.to());
    json.name("input").raw(event.input());
    json.name("at").time(event.at());
    json.name("cause").string(event.cause());
    if (event.forced()) {
      json.name("forced").raw("true");
    }
    String metadata = event.metadata();
    if (metadata != null) {
      json.name("metadata").raw(metadata);
    }
    json.close('}');
  }

  /// Shows a machine as a row of a list.
  public static void machine(JsonWriter json, Machine machine) {
    json.open('{');
    json.name("machine").string(machine.name());
    json.name("kind").string(machine.kind().word());
    json.name("states").value(machine.states().keySet());
    json.name("hash").string(machine.hash());
    json.close('}');
  }
}
