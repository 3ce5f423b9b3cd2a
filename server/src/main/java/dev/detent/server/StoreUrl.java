// SPDX-License-Identifier: Apache-2.0
package dev.detent.server;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Says where a server keeps everything. Its text never has the password.
public sealed interface StoreUrl {
  /// Returns the dialect that the store speaks, as `detent schema` names it.
  String dialect();

  /// Names a file of SQLite.
  ///
  /// @param path the file
  record Sqlite(Path path) implements StoreUrl {
    @Override
    public String dialect() {
      return "sqlite";
    }

    /// Returns `sqlite:PATH`.
    @Override
    public String toString() {
      return "sqlite:" + path;
    }
  }

  /// Lists the servers that a URL can name.
  enum Product {
    /// PostgreSQL.
    POSTGRESQL("postgresql", 5432),
    /// MariaDB.
    MARIADB("mariadb", 3306);

    private final String scheme;
    private final int port;

    Product(String scheme, int port) {
      this.scheme = scheme;
      this.port = port;
    }
  }

  /// Says who connects.
  ///
  /// @param user the user's name, or an empty text
  /// @param password the password, or an empty text
  record Login(String user, String password) {
    /// Returns the user's name.
    @Override
    public String toString() {
      return user;
    }
  }

  /// Names a database of a server.
  ///
  /// @param product what kind of server it is
  /// @param address where it listens
  /// @param database the database
  /// @param login who connects
  /// @param properties further properties for the driver, such as `sslmode`
  record Server(
      Product product,
      Address address,
      String database,
      Login login,
      Map<String, String> properties)
      implements StoreUrl {
    /// Copies the properties, keeping their order.
    public Server {
      properties = Collections.unmodifiableMap(new LinkedHashMap<>(properties));
    }

    @Override
    public String dialect() {
      return product.scheme;
    }

    /// Returns the URL without password and properties.
    @Override
    public String toString() {
      String name = login.user.isEmpty() ? "" : login.user + "@";
      return product.scheme + "://" + name + address + "/" + database;
    }
  }

  /// Reads a URL.
  ///
  /// @return the URL
  /// @throws IllegalArgumentException with what was expected and what came, never with a part that
  ///   may belong to a password
  static StoreUrl parse(String text) {
    int colon = text.indexOf(':');
    String scheme = colon < 0 ? "" : text.substring(0, colon);
    return switch (scheme) {
      case "sqlite" -> sqlite(text.substring(colon + 1));
      case "postgresql" -> new ServerUrl(Product.POSTGRESQL, text.substring(colon + 1)).parse();
      case "mariadb" -> new ServerUrl(Product.MARIADB, text.substring(colon + 1)).parse();
      default ->
          throw new IllegalArgumentException(
              "expected sqlite:PATH, postgresql://user:password@host:port/database or mariadb://…,"
                  + " got "
                  + (scheme.matches("[A-Za-z][A-Za-z0-9+.-]{0,30}")
                      ? "the scheme '" + scheme + "'"
                      : "no scheme"));
    };
  }

  private static StoreUrl sqlite(String path) {
    if (path.isBlank() || path.equals(":memory:")) {
      throw new IllegalArgumentException(
          "expected sqlite:PATH, got no path; name a file, such as sqlite:detent.db");
    }
    try {
      return new Sqlite(Path.of(path));
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(
          "expected sqlite:PATH, got a path that the file system does not know", e);
    }
  }

  /// Takes the URL of a server apart.
  ///
  /// @param product what its scheme names
  /// @param rest what follows the scheme and its colon
  record ServerUrl(Product product, String rest) {
    Server parse() {
      if (!rest.startsWith("//")) {
        throw bad("no '//' after the scheme");
      }
      int question = rest.indexOf('?');
      String place = rest.substring(2, question < 0 ? rest.length() : question);
      int slash = place.indexOf('/');
      if (slash < 0 || slash == place.length() - 1 || place.indexOf('/', slash + 1) >= 0) {
        throw bad("no database, or a '/' that is not written %2F");
      }
      String authority = place.substring(0, slash);
      int at = authority.lastIndexOf('@');
      Address address = address(authority.substring(at + 1));
      String login = at < 0 ? "" : authority.substring(0, at);
      int colon = login.indexOf(':');
      var properties = properties(question < 0 ? "" : rest.substring(question + 1));
      String user = properties.remove("user");
      String password = properties.remove("password");
      return new Server(
          product,
          address,
          decoded(place.substring(slash + 1)),
          new Login(
              user != null ? user : decoded(colon < 0 ? login : login.substring(0, colon)),
              password != null ? password : colon < 0 ? "" : decoded(login.substring(colon + 1))),
          properties);
    }

    private Address address(String text) {
      boolean port = text.lastIndexOf(':') > text.lastIndexOf(']');
      @Nullable Address address = Address.parse(port ? text : text + ":" + product.port);
      if (address == null || address.port() == 0) {
        throw bad("another host or port");
      }
      return address;
    }

    private Map<String, String> properties(String query) {
      var properties = new LinkedHashMap<String, String>();
      for (String pair : query.isEmpty() ? new String[0] : query.split("&", -1)) {
        int equals = pair.indexOf('=');
        if (equals < 1) {
          throw bad("a parameter that is not name=value");
        }
        properties.put(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
      }
      return properties;
    }

    private String decoded(String text) {
      try {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
      } catch (IllegalArgumentException e) {
        throw bad("a '%' that starts no percent-encoding (write it %25)");
      }
    }

    private IllegalArgumentException bad(String what) {
      return new IllegalArgumentException(
          "expected " + product.scheme + "://user:password@host:port/database, got " + what);
    }
  }
}
