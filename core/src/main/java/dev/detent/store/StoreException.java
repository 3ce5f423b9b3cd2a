// SPDX-License-Identifier: Apache-2.0
package dev.detent.store;

import org.jspecify.annotations.Nullable;

/// Reports that the store could not do what it was asked, and what is certain about it.
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// Says what is certain.
  public enum Kind {
    /// The fence did not match: somebody else wrote to the partition. Nothing was committed.
    FENCED,
    /// The database refuses the content, now and for ever. Nothing was committed.
    REJECTED,
    /// The database can't do it now. Nothing was committed; a retry may help.
    UNAVAILABLE,
    /// The connection was lost during COMMIT: it may be committed or not.
    UNKNOWN
  }

  private final Kind kind;

  /// Makes an exception.
  ///
  /// @param kind what is certain
  /// @param message what was tried, what came, what to do; without passwords
  /// @param cause the database's own exception, or null
  public StoreException(Kind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /// Returns what is certain.
  public Kind kind() {
    return kind;
  }
}
