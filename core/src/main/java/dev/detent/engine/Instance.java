// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.Key;
import dev.detent.codec.Json;
import dev.detent.codec.Value;
import dev.detent.store.InstanceRow;

/// Shows one keyed life of a machine as it is committed.
///
/// @param key its name
/// @param state where it is
/// @param value what it holds
/// @param version how many events it has had; 0 for an untouched implicit instance
/// @param definition the hash of the definition under which it was written
/// @param createdAt when its first event was, in milliseconds since 1970 UTC; 0 if untouched
/// @param updatedAt when its last event was, in milliseconds since 1970 UTC; 0 if untouched
/// @param enteredAt when it entered its state, in milliseconds since 1970 UTC; 0 if untouched
/// @param timers how many state timers it has running
public record Instance(
    Key key,
    String state,
    Value value,
    long version,
    String definition,
    long createdAt,
    long updatedAt,
    long enteredAt,
    int timers) {
  /// Stands in the place of a state where an instance was deleted; no state can be called so.
  static final String DELETED = "\u007f";

  /// Tells whether it was deleted: all that is left of it is its version.
  boolean deleted() {
    return state.equals(DELETED);
  }

  /// Returns the state as it is shown: empty if it was deleted.
  String shownState() {
    return deleted() ? "" : state;
  }

  /// Returns what a stored row shows.
  public static Instance of(InstanceRow row) {
    return new Instance(
        row.key(),
        row.state(),
        Value.of(Json.trusted(row.data())),
        row.version(),
        row.definition(),
        row.createdAt(),
        row.updatedAt(),
        row.enteredAt(),
        row.timers());
  }
}
