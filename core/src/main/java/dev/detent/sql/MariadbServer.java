// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.store.StoreException;
import dev.detent.store.StoreException.Kind;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;

/// Knows MariaDB. What a session sets outlives its transactions there, so each that is lent is set
/// up before and restored afterwards.
final class MariadbServer implements Server {
  private static final int MAJOR_MIN = 10;
  private static final int MINOR_MIN = 6;

  @Override
  public String name() {
    return "MariaDB";
  }

  @Override
  public void require(Session session) throws SQLException {
    DatabaseMetaData about = session.connection().getMetaData();
    if (isOld(about) || !about.getDatabaseProductName().equals(name())) {
      throw new StoreException(
          Kind.UNAVAILABLE,
          "MariaDB: expected version %d.%d or newer, got %s %s; use another server"
              .formatted(
                  MAJOR_MIN,
                  MINOR_MIN,
                  about.getDatabaseProductName(),
                  about.getDatabaseProductVersion()),
          null);
    }
    if (String.valueOf(about.getURL()).contains("useAffectedRows=true")) {
      throw new StoreException(
          Kind.UNAVAILABLE,
          "MariaDB: expected counts of the rows that were found, got useAffectedRows=true; leave it"
              + " out of the JDBC URL",
          null);
    }
    session.list("facts", MariadbServer::warn);
  }

  @Override
  public void begin(Session session) throws SQLException {
    session.run("session");
  }

  @Override
  public void end(Session session) throws SQLException {
    session.run("session-end");
  }

  /// Says what an error makes certain. 1205 is a lock that was waited for too long, and 1213 a
  /// deadlock; the first undoes only its statement, so whoever gets either rolls back.
  @Override
  public Kind kind(SQLException error, boolean committing) {
    String state = error.getSQLState();
    String group = state == null || state.length() < 2 ? "" : state.substring(0, 2);
    return switch (group) {
      case "22", "23", "42", "54" -> Kind.REJECTED;
      case "40" -> Kind.UNAVAILABLE;
      default -> committing ? Kind.UNKNOWN : Kind.UNAVAILABLE;
    };
  }

  private static boolean isOld(DatabaseMetaData about) throws SQLException {
    int major = about.getDatabaseMajorVersion();
    return major == MAJOR_MIN ? about.getDatabaseMinorVersion() < MINOR_MIN : major < MAJOR_MIN;
  }

  /// Warns of a server that answers COMMIT before the disk has it: of InnoDB's log, and of the
  /// binary log where there is one, since recovery follows that.
  private static boolean warn(ResultSet facts) throws SQLException {
    boolean flushed = facts.getInt(1) == 1;
    boolean synced = facts.getInt(2) == 0 || facts.getInt(3) == 1;
    if (!flushed || !synced) {
      System.getLogger(MariadbServer.class.getName())
          .log(
              System.Logger.Level.WARNING,
              "MariaDB: expected commits that are on disk, got innodb_flush_log_at_trx_commit={0},"
                  + " log_bin={1}, sync_binlog={2}; a power cut may lose what was acknowledged:"
                  + " set innodb_flush_log_at_trx_commit=1 and, with a binary log, sync_binlog=1",
              facts.getInt(1),
              facts.getInt(2),
              facts.getInt(3));
    }
    return flushed && synced;
  }
}
