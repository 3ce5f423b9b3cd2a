// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Lends a connection to the user for a part of a transaction: it refuses to end it, and is of no
/// use afterwards.
///
/// **Threads**: one at a time.
final class LentConnection implements InvocationHandler, AutoCloseable {
  /// SQL's own code for "invalid transaction termination".
  private static final String INVALID_END = "2D000";

  private static final Set<String> REFUSED =
      Set.of(
          "commit",
          "close",
          "abort",
          "setAutoCommit",
          "setReadOnly",
          "setTransactionIsolation",
          "beginRequest",
          "endRequest");

  private final Connection connection;
  private final List<Statement> statements = new ArrayList<>();
  private boolean over;

  LentConnection(Connection connection) {
    this.connection = connection;
  }

  /// Tells whether a connection is one that was lent, and so stands at the writer's gate where
  /// there is one.
  static boolean isLent(Connection connection) {
    return Proxy.isProxyClass(connection.getClass())
        && Proxy.getInvocationHandler(connection) instanceof LentConnection;
  }

  /// Returns what the user gets.
  Connection proxy() {
    return (Connection)
        Proxy.newProxyInstance(
            Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, this);
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] values)
      throws Throwable {
    String name = method.getName();
    if (method.getDeclaringClass() == Object.class) {
      return ofObject(name, values);
    }
    boolean whole = name.equals("rollback") && method.getParameterCount() == 0;
    if (whole || REFUSED.contains(name)) {
      throw new SQLException(
          "transact: expected SQL only, got %s; return to commit, throw to roll back"
              .formatted(name),
          INVALID_END);
    }
    if (over) {
      throw new SQLException(
          "transact: expected %s before the end, got it afterwards; keep no connection"
              .formatted(name),
          INVALID_END);
    }
    Object result = call(method, values);
    if (result instanceof Statement statement) {
      statements.add(statement);
    }
    return result;
  }

  /// Ends the loan, and closes the statements that the user left open.
  @Override
  public void close() throws SQLException {
    over = true;
    for (Statement statement : statements) {
      statement.close();
    }
  }

  private @Nullable Object call(Method method, @Nullable Object @Nullable [] values)
      throws Throwable {
    try {
      return method.invoke(connection, values);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private Object ofObject(String name, @Nullable Object @Nullable [] values) {
    return switch (name) {
      case "equals" -> values != null && values[0] != null && isLent(values[0]);
      case "hashCode" -> hashCode();
      default -> "transact: " + connection;
    };
  }

  private boolean isLent(Object other) {
    return Proxy.isProxyClass(other.getClass()) && equals(Proxy.getInvocationHandler(other));
  }
}
