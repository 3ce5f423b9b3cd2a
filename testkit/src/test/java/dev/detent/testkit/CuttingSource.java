// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/// Lends real connections, and just before a COMMIT looks around or cuts it off, really.
final class CuttingSource {
  /// Says when the next COMMIT is cut.
  enum Cut {
    NEVER,
    BEFORE_THE_SERVER_COMMITS,
    AFTER_THE_SERVER_COMMITTED
  }

  private final DataSource source;
  private Cut cut = Cut.NEVER;
  private Runnable before = () -> {};

  CuttingSource(DataSource source) {
    this.source = source;
  }

  /// Cuts the next COMMIT.
  void cutNext(Cut when) {
    cut = when;
  }

  /// Does something before each COMMIT.
  void beforeCommit(Runnable work) {
    before = work;
  }

  DataSource source() {
    return proxy(
        DataSource.class,
        (method, arguments) -> {
          Object result = call(source, method, arguments);
          return result instanceof Connection connection ? cutting(connection) : result;
        });
  }

  private Connection cutting(Connection connection) {
    return proxy(
        Connection.class,
        (method, arguments) -> {
          boolean commits = method.getName().equals("commit");
          if (commits) {
            before.run();
          }
          Cut now = commits ? cut : Cut.NEVER;
          if (now != Cut.NEVER) {
            cut = Cut.NEVER;
            cut(connection, now);
          }
          return call(connection, method, arguments);
        });
  }

  private void cut(Connection connection, Cut when) throws SQLException {
    if (when == Cut.AFTER_THE_SERVER_COMMITTED) {
      connection.commit();
    }
    kill(connection);
    try (Statement statement = connection.createStatement()) {
      statement.execute("select 1"); // fails as the answer to COMMIT would have
    }
  }

  private void kill(Connection victim) throws SQLException {
    boolean postgres = victim.getMetaData().getDatabaseProductName().equals("PostgreSQL");
    long server = number(victim, postgres ? "select pg_backend_pid()" : "select connection_id()");
    String kill = postgres ? "select pg_terminate_backend(%d, 10000)" : "kill connection %d";
    try (Connection killer = source.getConnection();
        Statement statement = killer.createStatement()) {
      statement.execute(kill.formatted(server));
    }
  }

  private static long number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  private static Object call(Object target, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static <T> T proxy(Class<T> type, Call call) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> call.invoke(method, arguments)));
  }

  private interface Call {
    Object invoke(Method method, Object[] arguments) throws Throwable;
  }
}
