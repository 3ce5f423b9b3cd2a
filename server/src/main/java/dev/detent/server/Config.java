// SPDX-License-Identifier: Apache-2.0
package dev.detent.server;

import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Holds the configuration of a server. [Setting] says what each of these means and which other
/// spellings it has.
///
/// **Threads**: immutable.
///
/// @param store where everything is kept
/// @param http where HTTP is served, or null for nowhere
/// @param redis where Redis clients are served, or null for nowhere
/// @param define files with definitions as JSON
/// @param examples whether the example machines are served
/// @param tokenFile the file that holds the bearer token, or null for open doors
/// @param tlsCert the certificate chain (PEM), or null for plain HTTP
/// @param tlsKey its private key (PEM), or null for plain HTTP
/// @param bodyBytesMax the largest body of a request, in bytes; defaults to 1 MiB
/// @param definitionBytesMax the largest body of a definition, in bytes; defaults to 4 MiB
/// @param headerBytesMax the largest headers of a request, in bytes; defaults to 16 KiB
/// @param pathBytesMax the longest path of a request, in bytes; defaults to 8 KiB
/// @param connectionsMax the most open connections; defaults to 10,000
/// @param requestsMax the most requests that wait for their answer; defaults to 10,000
/// @param streamsMax the most live event streams; defaults to 256
/// @param idleTimeout how long a connection may be silent; defaults to 75 s
/// @param storeConnectionsMax the most connections to a store on a server; defaults to 16
/// @param peer where other nodes of the same store reach this one; defaults to a free port of
///   127.0.0.1
/// @param leaseDuration after how long a silent node's partitions are taken over; defaults to 10 s
/// @param eventRetention after how long events may be dropped that every consumer is done with, or
///   null for never
public record Config(
    StoreUrl store,
    @Nullable Address http,
    @Nullable Address redis,
    List<Path> define,
    boolean examples,
    @Nullable Path tokenFile,
    @Nullable Path tlsCert,
    @Nullable Path tlsKey,
    int bodyBytesMax,
    int definitionBytesMax,
    int headerBytesMax,
    int pathBytesMax,
    int connectionsMax,
    int requestsMax,
    int streamsMax,
    Duration idleTimeout,
    int storeConnectionsMax,
    Address peer,
    Duration leaseDuration,
    @Nullable Duration eventRetention) {
  /// Returns a builder with the default of every setting.
  public static Builder builder() {
    return new Builder();
  }

  /// Collects settings.
  ///
  /// **Threads**: for one thread.
  public static final class Builder {
    private final Map<Setting, List<String>> values = new EnumMap<>(Setting.class);
    private final Map<Setting, String> standards = new EnumMap<>(Setting.class);

    private Builder() {}

    /// Sets where everything is kept: `sqlite:PATH`,
    /// `postgresql://user:password@host:port/database` or the same with `mariadb://`. Defaults to
    /// `sqlite:detent.db`.
    public Builder store(String url) {
      return set(Setting.STORE, url);
    }

    /// Sets where HTTP is served: `HOST:PORT`, or `off`. Defaults to `127.0.0.1:8080`.
    public Builder http(String address) {
      return set(Setting.HTTP, address);
    }

    /// Sets where Redis clients are served: `HOST:PORT`, or `off`. Defaults to `off`.
    public Builder redis(String address) {
      return set(Setting.REDIS, address);
    }

    /// Sets the files with definitions as JSON. Defaults to none.
    public Builder define(Path... files) {
      return set(Setting.DEFINE, List.of(files).stream().map(Path::toString).toList());
    }

    /// Sets whether the example machines are served. Defaults to false.
    public Builder examples(boolean served) {
      return set(Setting.EXAMPLES, Boolean.toString(served));
    }

    /// Sets a file from which settings are read that are set nowhere else. Defaults to none.
    public Builder config(Path file) {
      return set(Setting.CONFIG, file.toString());
    }

    /// Sets the file that holds the bearer token. Defaults to none: doors are open.
    public Builder tokenFile(Path file) {
      return set(Setting.TOKEN_FILE, file.toString());
    }

    /// Sets the certificate chain (PEM). Defaults to none: plain HTTP.
    public Builder tlsCert(Path file) {
      return set(Setting.TLS_CERT, file.toString());
    }

    /// Sets the private key of the certificate (PEM). Defaults to none: plain HTTP.
    public Builder tlsKey(Path file) {
      return set(Setting.TLS_KEY, file.toString());
    }

    /// Sets the largest body of a request, in bytes. Defaults to 1 MiB.
    public Builder bodyBytesMax(int bytes) {
      return set(Setting.BODY_BYTES_MAX, Integer.toString(bytes));
    }

    /// Sets the largest body of a definition, in bytes. Defaults to 4 MiB.
    public Builder definitionBytesMax(int bytes) {
      return set(Setting.DEFINITION_BYTES_MAX, Integer.toString(bytes));
    }

    /// Sets the largest headers of a request, in bytes. Defaults to 16 KiB.
    public Builder headerBytesMax(int bytes) {
      return set(Setting.HEADER_BYTES_MAX, Integer.toString(bytes));
    }

    /// Sets the longest path of a request, in bytes. Defaults to 8 KiB.
    public Builder pathBytesMax(int bytes) {
      return set(Setting.PATH_BYTES_MAX, Integer.toString(bytes));
    }

    /// Sets the most open connections. Defaults to 10,000.
    public Builder connectionsMax(int count) {
      return set(Setting.CONNECTIONS_MAX, Integer.toString(count));
    }

    /// Sets the most requests that wait for their answer. Defaults to 10,000.
    public Builder requestsMax(int count) {
      return set(Setting.REQUESTS_MAX, Integer.toString(count));
    }

    /// Sets the most live event streams. Defaults to 256.
    public Builder streamsMax(int count) {
      return set(Setting.STREAMS_MAX, Integer.toString(count));
    }

    /// Sets how long a connection may be silent. Defaults to 75 s.
    public Builder idleTimeout(Duration duration) {
      return set(Setting.IDLE_TIMEOUT, duration.toString());
    }

    /// Sets the most connections to a store on a server. Defaults to 16.
    public Builder storeConnectionsMax(int count) {
      return set(Setting.STORE_CONNECTIONS_MAX, Integer.toString(count));
    }

    /// Sets where other nodes of the same store reach this one: `HOST:PORT`. Defaults to a free
    /// port of 127.0.0.1, which is for nodes on one machine.
    public Builder peer(String address) {
      return set(Setting.PEER, address);
    }

    /// Sets after how long a silent node's partitions are taken over, 1 s to 10 min. The same for
    /// all nodes of a store. Defaults to 10 s.
    public Builder leaseDuration(Duration duration) {
      return set(Setting.LEASE_DURATION, duration.toString());
    }

    /// Sets after how long events are dropped that every consumer is done with: 1 s to 3,650 days.
    /// Defaults to never.
    public Builder eventRetention(Duration duration) {
      return set(Setting.EVENT_RETENTION, duration.toString());
    }

    /// Sets any setting by its text.
    ///
    /// @param setting the setting
    /// @param values one text; several only if it is repeatable
    public Builder set(Setting setting, List<String> values) {
      this.values.put(setting, List.copyOf(values));
      return this;
    }

    /// Sets the value that a setting has when it is set nowhere, not even in the file of [#config].
    public Builder standard(Setting setting, String value) {
      standards.put(setting, value);
      return this;
    }

    /// Sets what is not set yet from environment variables such as `DETENT_HTTP`; a repeatable
    /// setting's values are separated by commas.
    public Builder environment(Map<String, String> variables) {
      for (Setting setting : Setting.values()) {
        String value = variables.get(setting.variable());
        if (value != null) {
          values.putIfAbsent(setting, ConfigReader.split(setting, value));
        }
      }
      return this;
    }

    /// Checks everything and returns the configuration.
    ///
    /// @throws dev.detent.DetentException BAD_REQUEST with all `problems` if settings are wrong,
    ///   UNAVAILABLE if the configuration file can't be read
    public Config build() {
      return new ConfigReader(values, standards).read();
    }

    private Builder set(Setting setting, String value) {
      return set(setting, List.of(value));
    }
  }
}
