// SPDX-License-Identifier: Apache-2.0
package dev.detent.server;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Lists what can be configured. Each setting has one name in four spellings: `--body-bytes-max` on
/// the command line, `body-bytes-max` in a configuration file, `DETENT_BODY_BYTES_MAX` in the
/// environment, and `bodyBytesMax` at [Config.Builder].
public enum Setting {
  /// Says where everything is kept.
  STORE(
      "URL",
      "sqlite:detent.db",
      "sqlite:PATH, or postgresql:// or mariadb:// with user:password@host:port/database"),
  /// Says where the HTTP door listens.
  HTTP("HOST:PORT", "127.0.0.1:8080", "where HTTP is served; off: nowhere; port 0: a free one"),
  /// Says where the Redis door listens.
  REDIS("HOST:PORT", "off", "where Redis clients are served; off: nowhere; port 0: a free one"),
  /// Names files with definitions as JSON.
  DEFINE("FILE", "", "serve the machine that this JSON file defines; may be repeated"),
  /// Says whether the example machines are served.
  EXAMPLES(null, "false", "serve the example machines; makes a table example_orders for one"),
  /// Names a file of settings.
  CONFIG("FILE", "", "read settings from a file of lines such as http=127.0.0.1:8080"),
  /// Names the file that holds the bearer token.
  TOKEN_FILE("FILE", "", "demand the bearer token that this file holds"),
  /// Names the file that holds the TLS certificate chain.
  TLS_CERT("FILE", "", "serve HTTPS with this certificate chain (PEM)"),
  /// Names the file that holds the TLS key.
  TLS_KEY("FILE", "", "the private key of --tls-cert (PEM)"),
  /// Bounds a request's body.
  BODY_BYTES_MAX("BYTES", "1048576", "largest body of a request"),
  /// Bounds a definition.
  DEFINITION_BYTES_MAX("BYTES", "4194304", "largest body of a definition"),
  /// Bounds a request's headers.
  HEADER_BYTES_MAX("BYTES", "16384", "largest headers of a request"),
  /// Bounds a request's path.
  PATH_BYTES_MAX("BYTES", "8192", "longest path of a request"),
  /// Bounds open connections.
  CONNECTIONS_MAX("COUNT", "10000", "most open connections"),
  /// Bounds requests.
  REQUESTS_MAX("COUNT", "10000", "most requests that wait for their answer"),
  /// Bounds event streams.
  STREAMS_MAX("COUNT", "256", "most live event streams"),
  /// Bounds silence on a connection.
  IDLE_TIMEOUT("DURATION", "75s", "close a connection that is silent for so long"),
  /// Bounds connections to the store.
  STORE_CONNECTIONS_MAX("COUNT", "16", "most connections to a server's store"),
  /// Says where other nodes reach this one.
  PEER("HOST:PORT", "127.0.0.1:0", "where nodes of the same store reach this one"),
  /// Bounds how long a dead node keeps its partitions.
  LEASE_DURATION("DURATION", "10s", "take a silent node's partitions over after so long"),
  /// Bounds how long events are kept.
  EVENT_RETENTION(
      "DURATION", "off", "drop events that are older and that every consumer is done with");

  private final @Nullable String placeholder;
  private final String standard;
  private final String description;

  Setting(@Nullable String placeholder, String standard, String description) {
    this.placeholder = placeholder;
    this.standard = standard;
    this.description = description;
  }

  /// Returns the spelling in a configuration file: `body-bytes-max`.
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// Returns the spelling on the command line: `--body-bytes-max`.
  public String option() {
    return "--" + key();
  }

  /// Returns the spelling in the environment: `DETENT_BODY_BYTES_MAX`.
  public String variable() {
    return "DETENT_" + name();
  }

  /// Returns what kind of value it takes, such as `BYTES`, or null if it is a switch.
  public @Nullable String placeholder() {
    return placeholder;
  }

  /// Returns the value that it has when nobody sets it; empty for none.
  public String standard() {
    return standard;
  }

  /// Returns what it does, in a few words.
  public String description() {
    return description;
  }

  /// Returns the least number that it takes; 1 if it takes none.
  int least() {
    return this == HEADER_BYTES_MAX || this == PATH_BYTES_MAX ? 256 : 1;
  }

  /// Tells whether it takes several values.
  public boolean repeatable() {
    return this == DEFINE;
  }
}
