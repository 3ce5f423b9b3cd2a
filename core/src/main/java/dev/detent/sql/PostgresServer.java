// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.store.StoreException;
import dev.detent.store.StoreException.Kind;
import java.sql.SQLException;

/// Knows PostgreSQL. Its sessions need nothing: what a transaction sets ends with it.
final class PostgresServer implements Server {
  private static final int VERSION_MIN = 14;

  @Override
  public String name() {
    return "PostgreSQL";
  }

  @Override
  public void require(Session session) throws SQLException {
    int version = session.connection().getMetaData().getDatabaseMajorVersion();
    if (version < VERSION_MIN) {
      throw new StoreException(
          Kind.UNAVAILABLE,
          "PostgreSQL: expected version %d or newer, got %d; upgrade it"
              .formatted(VERSION_MIN, version),
          null);
    }
  }

  @Override
  public void begin(Session session) {}

  @Override
  public void end(Session session) {}

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
}
