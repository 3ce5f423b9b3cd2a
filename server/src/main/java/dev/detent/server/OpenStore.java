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
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/// Holds a store that a URL names, with the connections that it uses.
///
/// @param store the store
/// @param pool what to close after the store
record OpenStore(Store store, Closeable pool) {
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
      case StoreUrl.PostgreSql url -> postgres(url, config);
    };
  }

  private static OpenStore sqlite(StoreUrl.Sqlite url) {
    Path folder = url.path().toAbsolutePath().getParent();
    if (folder != null && !Files.isDirectory(folder)) {
      throw problem("expected an existing folder for " + url + ", got none; create " + folder);
    }
    return new OpenStore(SqlStore.sqlite(url.path()).open(), () -> {});
  }

  private static OpenStore postgres(StoreUrl.PostgreSql url, Config config) {
    int connectionsMax = config.storeConnectionsMax();
    String database = URLEncoder.encode(url.database(), StandardCharsets.UTF_8).replace("+", "%20");
    String jdbcUrl = "jdbc:postgresql://" + url.address() + "/" + database;
    Properties properties = properties(url);
    try {
      // Fails here with the driver's own words; the pool would only say that it timed out.
      DriverManager.getConnection(jdbcUrl, properties).close();
    } catch (SQLException e) {
      throw problem("expected to connect to " + url + ", got: " + firstLine(e));
    }
    var pool = new HikariConfig();
    pool.setPoolName("detent");
    pool.setJdbcUrl(jdbcUrl);
    pool.setDataSourceProperties(properties);
    pool.setMaximumPoolSize(connectionsMax);
    pool.setMinimumIdle(Math.min(2, connectionsMax));
    pool.setConnectionTimeout(CONNECT_S_MAX * 1000L);
    pool.setInitializationFailTimeout(-1);
    return pooled(new HikariDataSource(pool), config.leaseDuration());
  }

  private static Properties properties(StoreUrl.PostgreSql url) {
    var properties = new Properties();
    properties.setProperty("ApplicationName", "detent");
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("connectTimeout", String.valueOf(CONNECT_S_MAX));
    properties.setProperty("loginTimeout", String.valueOf(CONNECT_S_MAX));
    properties.setProperty("socketTimeout", String.valueOf(ANSWER_S_MAX));
    if (!url.user().isEmpty()) {
      properties.setProperty("user", url.user());
    }
    if (!url.password().isEmpty()) {
      properties.setProperty("password", url.password());
    }
    properties.putAll(url.properties());
    return properties;
  }

  private static OpenStore pooled(HikariDataSource pool, Duration lease) {
    try {
      return new OpenStore(SqlStore.postgres(pool).leaseDuration(lease).open(), pool);
    } catch (RuntimeException e) {
      pool.close();
      throw e;
    }
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
