// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import dev.detent.codec.Json;
import dev.detent.event.ConsumerView;
import dev.detent.event.DeadLetter;
import dev.detent.event.Event;
import dev.detent.server.door.InvocationViews;
import dev.detent.server.door.JsonWriter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Shows consumers and the events that they gave up on as JSON.
final class ConsumerViews {
  private ConsumerViews() {}

  /// Shows a consumer.
  ///
  /// @param retention for how long events are kept at least, or null for ever
  static void consumer(JsonWriter json, ConsumerView view, @Nullable Duration retention) {
    json.open('{');
    json.name("name").string(view.name());
    json.name("machines").value(view.machines());
    json.name("states").value(view.states());
    json.name("state").string(state(view));
    json.name("paused").raw(Boolean.toString(view.paused()));
    json.name("createdAt").time(view.createdAt().toEpochMilli());
    json.name("lag").number(view.lag());
    json.name("ageMs").number(view.age().toMillis());
    json.name("deadLetters").number(view.deadLetters());
    json.name("holdsEvents").raw(Boolean.toString(view.holds(retention)));
    json.name("partitions").open('[');
    view.partitions().forEach(place -> place(json, place));
    json.close(']').close('}');
  }

  private static String state(ConsumerView view) {
    if (view.paused()) {
      return "paused";
    }
    if (view.stopped()) {
      return "stopped";
    }
    return view.running() ? "running" : "idle";
  }

  private static void place(JsonWriter json, ConsumerView.Place place) {
    json.open('{');
    json.name("partition").number(place.partition());
    json.name("offset").number(place.offset());
    json.name("head").number(place.head());
    json.name("lag").number(place.lag());
    json.name("ageMs").number(place.age().toMillis());
    json.name("owner").string(place.owner());
    json.name("movedAt").time(place.movedAt().toEpochMilli());
    json.name("attempt").number(place.attempt());
    json.name("stopped").raw(Boolean.toString(place.stopped()));
    json.name("problem");
    InvocationViews.problem(json, place.trouble());
    json.close('}');
  }

  /// Shows a dead letter as a row of a list.
  static void letter(JsonWriter json, DeadLetter letter) {
    json.open('{');
    json.name("id").string(letter.event().offset().toString());
    json.name("state").string(letter.retrying() ? "retrying" : "dead");
    json.name("attempts").number(letter.attempts());
    json.name("at").time(letter.at().toEpochMilli());
    json.name("problem");
    InvocationViews.problem(json, letter.problem());
    json.name("event");
    event(json, letter.event());
    json.close('}');
  }

  private static void event(JsonWriter json, Event event) {
    Json metadata = event.metadata();
    json.open('{');
    json.name("id").string(event.offset().toString());
    json.name("machine").string(event.machine());
    json.name("key").string(event.key());
    json.name("partition").number(event.offset().partition());
    json.name("offset").number(event.offset().offset());
    json.name("version").number(event.version());
    json.name("command").string(event.command());
    json.name("from").string(event.from());
    json.name("to").string(event.to());
    json.name("input").raw(event.input().text());
    json.name("at").time(event.at().toEpochMilli());
    json.name("cause").string(event.cause());
    if (event.forced()) {
      json.name("forced").raw("true");
    }
    if (metadata != null) {
      json.name("metadata").raw(metadata.text());
    }
    json.close('}');
  }
}
