// SPDX-License-Identifier: Apache-2.0
package dev.detent.store;

import dev.detent.Key;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reports that the store could not do what it was asked, and what is certain about it.
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// Says what is certain.
  public enum Kind {
    /// The fence did not match: somebody else wrote to the partition. Nothing was committed.
    FENCED,
    /// Somebody else has locked partitions that were to be written. Nothing was committed.
    LOCKED,
    /// The database refuses the content, now and for ever. Nothing was committed.
    REJECTED,
    /// The database can't do it now. Nothing was committed; a retry may help.
    UNAVAILABLE,
    /// The connection was lost during COMMIT: it may be committed or not.
    UNKNOWN
  }

  private final Kind kind;
  private final transient Set<Integer> partitions;
  private final transient @Nullable Key changed;

  /// Makes an exception.
  ///
  /// @param kind what is certain
  /// @param message what was tried, what came, what to do; without passwords
  /// @param cause the database's own exception, or null
  public StoreException(Kind kind, String message, @Nullable Throwable cause) {
    this(kind, Set.of(), null, message, cause);
  }

  private StoreException(
      Kind kind,
      Set<Integer> partitions,
      @Nullable Key changed,
      String message,
      @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.changed = changed;
    this.partitions = Set.copyOf(partitions);
  }

  /// Makes an exception of the kind LOCKED.
  ///
  /// @param partitions which ones somebody else has locked
  /// @param message what was tried
  public static StoreException locked(Set<Integer> partitions, String message) {
    return new StoreException(Kind.LOCKED, partitions, null, message, null);
  }

  /// Makes an exception of the kind FENCED: a row of a table of the user's is not what was seen.
  ///
  /// @param changed which instance's row
  /// @param message what was expected of it, and what came
  public static StoreException changed(Key changed, String message) {
    return new StoreException(Kind.FENCED, Set.of(), changed, message, null);
  }

  /// Returns what is certain.
  public Kind kind() {
    return kind;
  }

  /// Returns the partitions that somebody else has locked; empty unless the kind is LOCKED.
  public Set<Integer> partitions() {
    return partitions;
  }

  /// Returns the instance whose row was changed by somebody else, or null if it is not about one.
  public @Nullable Key changed() {
    return changed;
  }
}
