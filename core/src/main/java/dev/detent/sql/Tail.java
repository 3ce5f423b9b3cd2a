// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.store.InstanceRow;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Holds what a commit to a file must know of a stored instance: its number, the place of its last
/// event, and what most moves leave as it is.
///
/// **Threads**: one at a time; whoever writes the instance next sees what was [#moved].
final class Tail {
  private static final String NOTHING = "{}";

  private long id;
  private String definition = "";
  private int timers;
  private @Nullable String invocation;
  private boolean bare;
  private volatile long offset;

  /// Returns the instance's number in the file, 0 if it has none.
  long id() {
    return id;
  }

  /// Returns the place of its last event, 0 if it has none.
  long offset() {
    return offset;
  }

  /// Gives it a number.
  void number(long number) {
    id = number;
  }

  /// Takes what is stored of it.
  void found(ResultSet row) throws SQLException {
    id = row.getLong(1);
    definition = row.getString(3);
    timers = row.getInt(4);
    invocation = row.getString(5);
    bare = row.getBoolean(6);
    offset = row.getLong(2);
  }

  /// Forgets what is stored of it.
  void lost() {
    id = 0;
  }

  /// Takes note that it is stored like this.
  void moved(InstanceRow row, long lastOffset) {
    definition = row.definition();
    timers = row.timers();
    invocation = row.invocation();
    bare = row.data().equals(NOTHING);
    offset = lastOffset;
  }

  /// Tells whether it holds nothing, as what is stored of it does.
  boolean isBare(InstanceRow row) {
    return bare && row.data().equals(NOTHING);
  }

  /// Tells whether it differs from what is stored only in what every move changes.
  boolean fits(InstanceRow row) {
    return definition.equals(row.definition())
        && timers == row.timers()
        && Objects.equals(invocation, row.invocation())
        && row.enteredAt() == row.updatedAt();
  }
}
