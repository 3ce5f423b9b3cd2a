// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Holds a connection and the statements prepared on it.
///
/// **Threads**: one at a time.
final class Session implements AutoCloseable {
  private final Connection connection;
  private final Statements statements;
  private final Map<String, PreparedStatement> prepared = new HashMap<>();

  Session(Connection connection, Statements statements) {
    this.connection = connection;
    this.statements = statements;
  }

  Connection connection() {
    return connection;
  }

  /// Returns a named statement, prepared once for the session's life.
  PreparedStatement statement(String name) throws SQLException {
    PreparedStatement statement = prepared.get(name);
    if (statement == null) {
      statement = connection.prepareStatement(statements.text(name));
      prepared.put(name, statement);
    }
    return statement;
  }

  /// Returns a statement that the caller closes.
  PreparedStatement prepare(String text) throws SQLException {
    return connection.prepareStatement(text);
  }

  /// Returns a statement that no file can know, prepared once for the session's life.
  PreparedStatement kept(String text) throws SQLException {
    PreparedStatement statement = prepared.get(text);
    if (statement == null) {
      statement = connection.prepareStatement(text);
      prepared.put(text, statement);
    }
    return statement;
  }

  /// Runs statements without parameters.
  void run(List<String> texts) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String text : texts) {
        statement.execute(text);
      }
    }
  }

  /// Runs the statements of a section.
  void run(String name) throws SQLException {
    run(statements.all(name));
  }

  /// Returns all rows of a named query.
  <T> List<T> list(String name, RowReader<T> reader, Object... parameters) throws SQLException {
    var rows = new ArrayList<T>();
    collect(bound(name, parameters), reader, rows);
    return rows;
  }

  /// Returns the count of rows that a named statement hit.
  int update(String name, Object... parameters) throws SQLException {
    return bound(name, parameters).executeUpdate();
  }

  /// Closes statements and connection.
  @Override
  public void close() throws SQLException {
    try {
      closeStatements();
    } finally {
      connection.close();
    }
  }

  /// Adds all rows of a query that is bound.
  static <T> void collect(PreparedStatement statement, RowReader<T> reader, List<T> into)
      throws SQLException {
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        into.add(reader.read(rows));
      }
    }
  }

  private PreparedStatement bound(String name, Object... parameters) throws SQLException {
    PreparedStatement statement = statement(name);
    for (int i = 0; i < parameters.length; i++) {
      statement.setObject(i + 1, parameters[i]);
    }
    return statement;
  }

  /// Closes the statements that were prepared.
  void closeStatements() throws SQLException {
    for (PreparedStatement statement : prepared.values()) {
      statement.close();
    }
    prepared.clear();
  }
}
