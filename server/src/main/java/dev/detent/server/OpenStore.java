// SPDX-License-Identifier: Apache-2.0
package dev.detent.server;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.detent.ErrorCode;
import dev.detent.Problem;
import dev.detent.sql.SqlStore;
import dev.detent.store.Store;
import dev.detent.store.StoreException;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.Properties;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// Holds a store that a URL names, with the connections that it uses.
///
/// @param store the store
/// @param source makes connections to its database
/// @param pool what to close after the store
record OpenStore(Store store, MissingTables.Source source, Closeable pool) {
  private static final int CONNECT_S_MAX = 5;

  /// A server that vanished is given up after this, unless the URL says otherwise.
  private static final int ANSWER_S_MAX = 30;

  /// @throws dev.detent.UnavailableException if it can't be opened
  static OpenStore open(Config config) {
    try {
      return from(config);
    } catch (StoreException e) {
      throw problem(e.getMessage());
    }
  }

  private static OpenStore from(Config config) {
    return switch (config.store()) {
      case StoreUrl.Sqlite url -> sqlite(url);
      case StoreUrl.Server url ->
          switch (url.product()) {
            case POSTGRESQL -> postgres(url, config);
            case MARIADB -> mariadb(url, config);
          };
    };
  }

  private static OpenStore sqlite(StoreUrl.Sqlite url) {
    Path folder = url.path().toAbsolutePath().getParent();
    if (folder != null && !Files.isDirectory(folder)) {
      throw problem("expected an existing folder for " + url + ", got none; create " + folder);
    }
    String jdbc = "jdbc:sqlite:" + url.path();
    return new OpenStore(
        SqlStore.sqlite(url.path()).open(), () -> DriverManager.getConnection(jdbc), () -> {});
  }

  private static OpenStore postgres(StoreUrl.Server url, Config config) {
    Properties properties = new Properties();
    properties.setProperty("ApplicationName", "detent");
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("connectTimeout", String.valueOf(CONNECT_S_MAX));
    properties.setProperty("loginTimeout", String.valueOf(CONNECT_S_MAX));
    properties.setProperty("socketTimeout", String.valueOf(ANSWER_S_MAX));
    complete(properties, url);
    try {
      probe(url, properties);
    } catch (SQLException e) {
      throw unreachable(url, e);
    }
    return pooled(pool(url, properties, config), SqlStore::postgres, config.leaseDuration());
  }

  /// The driver demands TLS unless told otherwise. So that a URL works with a server that was set
  /// up as usual, as PostgreSQL's does: where the URL says nothing, and the server has no TLS, it
  /// is done without.
  private static OpenStore mariadb(StoreUrl.Server url, Config config) {
    Properties properties = new Properties();
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("connectTimeout", String.valueOf(CONNECT_S_MAX * 1000));
    properties.setProperty("socketTimeout", String.valueOf(ANSWER_S_MAX * 1000));
    complete(properties, url);
    try {
      if (!url.properties().containsKey("sslMode") && lacksTls(url, properties)) {
        properties.setProperty("sslMode", "disable");
      }
      probe(url, properties);
    } catch (SQLException e) {
      throw unreachable(url, e);
    }
    return pooled(pool(url, properties, config), SqlStore::mariadb, config.leaseDuration());
  }

  private static boolean lacksTls(StoreUrl.Server url, Properties properties) throws SQLException {
    try {
      probe(url, properties);
      return false;
    } catch (SQLException e) {
      if (String.valueOf(e.getMessage()).contains("ssl not enabled in the server")) {
        return true;
      }
      throw e;
    }
  }

  private static void complete(Properties properties, StoreUrl.Server url) {
    if (!url.login().user().isEmpty()) {
      properties.setProperty("user", url.login().user());
    }
    if (!url.login().password().isEmpty()) {
      properties.setProperty("password", url.login().password());
    }
    properties.putAll(url.properties());
  }

  /// Connects once, to fail with the driver's own words; the pool would only say that it timed out.
  private static void probe(StoreUrl.Server url, Properties properties) throws SQLException {
    DriverManager.getConnection(jdbcUrl(url), properties).close();
  }

  private static String jdbcUrl(StoreUrl.Server url) {
    String database = URLEncoder.encode(url.database(), StandardCharsets.UTF_8).replace("+", "%20");
    String product = url.product().name().toLowerCase(Locale.ROOT);
    return "jdbc:" + product + "://" + url.address() + "/" + database;
  }

  private static HikariDataSource pool(StoreUrl.Server url, Properties properties, Config config) {
    int connectionsMax = config.storeConnectionsMax();
    var pool = new HikariConfig();
    pool.setPoolName("detent");
    pool.setJdbcUrl(jdbcUrl(url));
    pool.setDataSourceProperties(properties);
    pool.setMaximumPoolSize(connectionsMax);
    pool.setMinimumIdle(Math.min(2, connectionsMax));
    pool.setConnectionTimeout(CONNECT_S_MAX * 1000L);
    pool.setInitializationFailTimeout(-1);
    return new HikariDataSource(pool);
  }

  private static OpenStore pooled(
      HikariDataSource pool, Function<DataSource, SqlStore.Builder> dialect, Duration lease) {
    try {
      return new OpenStore(
          dialect.apply(pool).leaseDuration(lease).open(), pool::getConnection, pool);
    } catch (RuntimeException e) {
      pool.close();
      throw e;
    }
  }

  private static RuntimeException unreachable(StoreUrl.Server url, SQLException e) {
    return problem("expected to connect to " + url + ", got: " + firstLine(e));
  }

  private static String firstLine(SQLException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("no message");
  }

  /// Lets connections go, after the store was closed.
  void close() {
    try {
      pool.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static RuntimeException problem(@Nullable String what) {
    return Problem.of(ErrorCode.UNAVAILABLE, "store: " + what).exception();
  }
}
