// SPDX-License-Identifier: Apache-2.0
package dev.detent.event;

import dev.detent.codec.Codec;
import dev.detent.codec.Json;
import dev.detent.store.ConsumerRow;
import dev.detent.store.EventRow;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Says which events a consumer wants.
///
/// @param machines whose, by name; empty for all
/// @param states those that enter one of these; empty for all
record Selection(Set<String> machines, Set<String> states) {
  boolean wants(EventRow event) {
    return (machines.isEmpty() || machines.contains(event.key().machine()))
        && (states.isEmpty() || states.contains(event.to()));
  }

  boolean wantsAll() {
    return machines.isEmpty() && states.isEmpty();
  }

  ConsumerRow row(String name) {
    return new ConsumerRow(name, text(machines), text(states), false, 0);
  }

  private static String text(Set<String> names) {
    return Codec.standard().write(List.copyOf(new TreeSet<>(names))).text();
  }

  /// Returns the names that a row lists.
  static List<String> names(String text) {
    return Json.trusted(text).elements().stream().map(Json::asString).toList();
  }
}
