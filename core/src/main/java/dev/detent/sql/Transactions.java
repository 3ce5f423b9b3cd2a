// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.store.StoreException;
import dev.detent.store.StoreException.Kind;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Runs work in transactions, and after a failure tells what is certain.
///
/// **Guarantees**: no session goes back to work with a transaction left open in it.
final class Transactions {
  /// After these the session is well.
  private static final Set<Kind> HARMLESS = EnumSet.of(Kind.FENCED, Kind.LOCKED, Kind.REJECTED);

  private final Sessions sessions;

  Transactions(Sessions sessions) {
    this.sessions = sessions;
  }

  /// Runs work that only reads.
  ///
  /// @param what the work in a word, for messages
  <T extends @Nullable Object> T read(String what, Work<T> work) {
    try {
      return finish(what, sessions.borrowReader(), work, false);
    } catch (SQLException e) {
      throw failure(what, e, false);
    }
  }

  /// Runs work and commits it.
  ///
  /// @param what the work in a word, for messages
  <T extends @Nullable Object> T write(String what, Work<T> work) {
    try {
      return finish(what, sessions.borrowWriter(), work, true);
    } catch (SQLException e) {
      throw failure(what, e, false);
    }
  }

  /// Takes part in a transaction of the caller's.
  Session join(Connection connection) {
    try {
      return sessions.join(connection);
    } catch (SQLException e) {
      throw failure("join", e, false);
    }
  }

  /// Begins a transaction that [#finish] commits or [#end] ends.
  Session begin(String what) {
    try {
      return sessions.borrowWriter();
    } catch (SQLException e) {
      throw failure(what, e, false);
    }
  }

  /// Runs work in a transaction that was begun, and ends that.
  <T extends @Nullable Object> T finish(
      String what, Session session, Work<T> work, boolean writes) {
    boolean committing = false;
    Kind kind = Kind.UNAVAILABLE;
    try {
      T result = work.run(session);
      if (writes) {
        committing = true;
        session.connection().commit();
      } else if (!session.connection().getAutoCommit()) {
        session.connection().rollback();
      }
      kind = null;
      return result;
    } catch (SQLException e) {
      StoreException failure = failure(what, e, committing);
      kind = failure.kind();
      throw failure;
    } catch (StoreException e) {
      kind = e.kind();
      throw e;
    } catch (Undone e) {
      kind = Kind.REJECTED;
      throw e;
    } finally {
      end(session, kind);
    }
  }

  /// Ends a transaction.
  ///
  /// @param kind what went wrong, or null if it was committed
  void end(Session session, @Nullable Kind kind) {
    if (kind == null) {
      sessions.giveBack(session);
    } else if (HARMLESS.contains(kind) && rolledBack(session)) {
      sessions.giveBack(session);
    } else {
      sessions.discard(session, kind);
    }
  }

  private static boolean rolledBack(Session session) {
    try {
      if (!session.connection().getAutoCommit()) {
        session.connection().rollback();
      }
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  /// Returns what an error makes certain that did not come in answer to COMMIT.
  Kind kind(SQLException e) {
    return sessions.kind(e, false);
  }

  /// Returns an error as the store's.
  StoreException failure(String what, SQLException e, boolean committing) {
    Kind kind = sessions.kind(e, committing);
    String certain =
        switch (kind) {
          case FENCED, LOCKED -> "nothing was written; decide again";
          case REJECTED -> "nothing was written; the content must change";
          case UNAVAILABLE -> "nothing was written; " + sessions.remedy(e);
          case UNKNOWN -> "it may be written or not; look before you retry";
        };
    String message = String.valueOf(e.getMessage()).strip();
    return new StoreException(
        kind,
        what + ": expected " + sessions.name() + " to do it, got '" + message + "'; " + certain,
        e);
  }
}
