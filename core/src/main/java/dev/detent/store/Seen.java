// SPDX-License-Identifier: Apache-2.0
package dev.detent.store;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Says what a mapped instance was when a batch was decided, and where it passed through within the
/// batch.
///
/// @param state the state before the batch, or null if there was no row
/// @param data what it held before the batch, a JSON object
/// @param passed the states that it entered in this batch before its last one, in their order:
///   their columns are written too
/// @param inserted whether the row was inserted in this transaction already, in its last state
public record Seen(@Nullable String state, String data, List<Entered> passed, boolean inserted) {
  /// Names a state that was entered.
  ///
  /// @param state the state
  /// @param data what the instance held there, a JSON object
  public record Entered(String state, String data) {}

  /// Says that there was no row.
  public static final Seen NOTHING = new Seen(null, "{}", List.of(), false);

  /// Says that the row was inserted in this transaction, in its last state.
  public static final Seen INSERTED = new Seen(null, "{}", List.of(), true);

  /// Returns the same, having passed through one more state. Of several passages through one state
  /// the last one counts.
  ///
  /// @param state the state
  /// @param data what the instance held there, a JSON object
  public Seen through(String state, String data) {
    var more = new ArrayList<>(passed);
    more.removeIf(entered -> entered.state().equals(state));
    more.add(new Entered(state, data));
    return new Seen(this.state, this.data, List.copyOf(more), inserted);
  }

  /// Returns what was seen of a row.
  public static Seen of(String state, String data) {
    return new Seen(state, data, List.of(), false);
  }
}
