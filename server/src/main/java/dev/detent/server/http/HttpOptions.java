// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import dev.detent.ErrorCode;
import dev.detent.Problem;
import dev.detent.server.door.Metrics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Says how an [HttpDoor] listens and what it takes.
///
/// **Threads**: immutable.
///
/// @param host the name or address to listen on; defaults to `127.0.0.1`
/// @param port the TCP port; 0 picks a free one; defaults to 8080
/// @param token what clients must send as `Authorization: Bearer TOKEN`, or null for nothing;
///   defaults to null
/// @param tlsCertificate a PEM file with the certificate chain, or null for plain TCP; needs
///   `tlsKey`; defaults to null
/// @param tlsKey a PEM file with the private key, or null; defaults to null
/// @param bodyBytesMax the largest body of a command, in bytes; defaults to 1 MiB
/// @param definitionBytesMax the largest body of a definition, in bytes; defaults to 4 MiB
/// @param bodiesBytesMax how much all bodies that are being read may take together, in bytes;
///   defaults to 64 MiB
/// @param headerBytesMax the largest header section, in bytes; defaults to 16 KiB
/// @param pathBytesMax the longest path with its query, in bytes; defaults to 8 KiB
/// @param connectionsMax how many connections may be open; defaults to 10,000
/// @param requestsMax how many commands and reads may wait for their answer; defaults to 10,000
/// @param streamsMax how many live event streams may be open; defaults to 256
/// @param idleTimeout how long a connection may be silent, and a body may take; defaults to 75 s
/// @param heartbeat how often a quiet event stream says that it lives; defaults to 15 s
/// @param eventLoops how many threads serve connections; defaults to half of the processors
/// @param noopPath a path that answers `{}` at once, to measure the server alone, or null for none;
///   defaults to null
/// @param metrics what `/metrics` shows and HTTP requests are counted in; defaults to one of its
///   own
public record HttpOptions(
    String host,
    int port,
    @Nullable String token,
    @Nullable Path tlsCertificate,
    @Nullable Path tlsKey,
    int bodyBytesMax,
    int definitionBytesMax,
    long bodiesBytesMax,
    int headerBytesMax,
    int pathBytesMax,
    int connectionsMax,
    int requestsMax,
    int streamsMax,
    Duration idleTimeout,
    Duration heartbeat,
    int eventLoops,
    @Nullable String noopPath,
    Metrics metrics) {

  /// Returns options that are all at their defaults.
  public static HttpOptions standard() {
    return builder().build();
  }

  /// Returns a builder with all options at their defaults.
  public static Builder builder() {
    return new Builder();
  }

  /// Hides the token.
  @Override
  public String toString() {
    String scheme = tlsCertificate == null ? "http" : "https";
    return scheme + "://" + host + ":" + port + (token == null ? "" : " with a token");
  }

  /// Collects options. Each method is named and described as the option it sets.
  ///
  /// **Threads**: for one thread.
  public static final class Builder {
    private String host = "127.0.0.1";
    private int port = 8080;
    private @Nullable String token;
    private @Nullable Path tlsCertificate;
    private @Nullable Path tlsKey;
    private int bodyBytesMax = 1 << 20;
    private int definitionBytesMax = 4 << 20;
    private long bodiesBytesMax = 64 << 20;
    private int headerBytesMax = 16 << 10;
    private int pathBytesMax = 8 << 10;
    private int connectionsMax = 10_000;
    private int requestsMax = 10_000;
    private int streamsMax = 256;
    private Duration idleTimeout = Duration.ofSeconds(75);
    private Duration heartbeat = Duration.ofSeconds(15);
    private int eventLoops = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    private @Nullable String noopPath;
    private @Nullable Metrics metrics;

    private Builder() {}

    /// Sets the name or address to listen on.
    public Builder host(String value) {
      host = value;
      return this;
    }

    /// Sets the TCP port, 0 to 65,535; 0 picks a free one.
    public Builder port(int value) {
      port = value;
      return this;
    }

    /// Sets the token that clients must send, printable ASCII without blanks; null for none.
    public Builder token(@Nullable String value) {
      token = value;
      return this;
    }

    /// Sets the PEM files of the certificate chain and of its private key; null for plain TCP.
    public Builder tls(@Nullable Path certificate, @Nullable Path key) {
      tlsCertificate = certificate;
      tlsKey = key;
      return this;
    }

    /// Sets the largest body of a command, in bytes, from 1.
    public Builder bodyBytesMax(int value) {
      bodyBytesMax = value;
      return this;
    }

    /// Sets the largest body of a definition, in bytes, from 1.
    public Builder definitionBytesMax(int value) {
      definitionBytesMax = value;
      return this;
    }

    /// Sets how much all bodies that are being read may take together, in bytes; at least the
    /// largest single body.
    public Builder bodiesBytesMax(long value) {
      bodiesBytesMax = value;
      return this;
    }

    /// Sets the largest header section, in bytes, from 256.
    public Builder headerBytesMax(int value) {
      headerBytesMax = value;
      return this;
    }

    /// Sets the longest path with its query, in bytes, from 256.
    public Builder pathBytesMax(int value) {
      pathBytesMax = value;
      return this;
    }

    /// Sets how many connections may be open, from 1.
    public Builder connectionsMax(int value) {
      connectionsMax = value;
      return this;
    }

    /// Sets how many commands and reads may wait for their answer, from 1.
    public Builder requestsMax(int value) {
      requestsMax = value;
      return this;
    }

    /// Sets how many live event streams may be open, from 1.
    public Builder streamsMax(int value) {
      streamsMax = value;
      return this;
    }

    /// Sets how long a connection may be silent, and a body may take; 100 ms to 1 day.
    public Builder idleTimeout(Duration value) {
      idleTimeout = value;
      return this;
    }

    /// Sets how often a quiet event stream says that it lives; 10 ms to half the idle timeout.
    public Builder heartbeat(Duration value) {
      heartbeat = value;
      return this;
    }

    /// Sets how many threads serve connections, 1 to 64.
    public Builder eventLoops(int value) {
      eventLoops = value;
      return this;
    }

    /// Sets a path that answers `{}` at once, to measure the server alone; null for none.
    public Builder noopPath(@Nullable String value) {
      noopPath = value;
      return this;
    }

    /// Sets what `/metrics` shows; give the engine the same one as its observer.
    public Builder metrics(Metrics value) {
      metrics = value;
      return this;
    }

    /// Returns the options.
    ///
    /// @throws dev.detent.RefusedException BAD_REQUEST that lists every option out of range
    public HttpOptions build() {
      var problems = problems();
      if (!problems.isEmpty()) {
        throw Problem.of(ErrorCode.BAD_REQUEST, String.join("; ", problems))
            .with("problems", problems)
            .exception();
      }
      return new HttpOptions(
          host,
          port,
          token,
          tlsCertificate,
          tlsKey,
          bodyBytesMax,
          definitionBytesMax,
          bodiesBytesMax,
          headerBytesMax,
          pathBytesMax,
          connectionsMax,
          requestsMax,
          streamsMax,
          idleTimeout,
          heartbeat,
          eventLoops,
          noopPath,
          metrics == null ? new Metrics() : metrics);
    }

    private List<String> problems() {
      var problems = new Problems();
      problems.unless(!host.isBlank(), "host", "a name or an address", "nothing");
      problems.range("port", port, 0, 65_535);
      problems.unless(
          token == null || isToken(token), "token", "printable ASCII without blanks", "others");
      problems.unless(
          (tlsCertificate == null) == (tlsKey == null),
          "tlsCertificate and tlsKey",
          "both or none",
          "one");
      problems.range("bodyBytesMax", bodyBytesMax, 1, Integer.MAX_VALUE);
      problems.range("definitionBytesMax", definitionBytesMax, 1, Integer.MAX_VALUE);
      long body = Math.max(bodyBytesMax, definitionBytesMax);
      problems.range("bodiesBytesMax", bodiesBytesMax, body, Long.MAX_VALUE);
      problems.range("headerBytesMax", headerBytesMax, 256, 1 << 24);
      problems.range("pathBytesMax", pathBytesMax, 256, 1 << 24);
      problems.range("connectionsMax", connectionsMax, 1, Integer.MAX_VALUE / 2);
      problems.range("requestsMax", requestsMax, 1, Integer.MAX_VALUE);
      problems.range("streamsMax", streamsMax, 1, Integer.MAX_VALUE);
      problems.range("idleTimeout", idleTimeout.toMillis(), 100, 86_400_000);
      problems.range("heartbeat", heartbeat.toMillis(), 10, idleTimeout.toMillis() / 2);
      problems.range("eventLoops", eventLoops, 1, 64);
      problems.unless(
          noopPath == null || noopPath.startsWith("/"), "noopPath", "a path from /", "another");
      return problems.all;
    }

    private static boolean isToken(String token) {
      return !token.isEmpty() && token.chars().allMatch(c -> c > ' ' && c < 0x7f);
    }
  }

  private static final class Problems {
    final List<String> all = new ArrayList<>();

    void unless(boolean holds, String option, String expected, String got) {
      if (!holds) {
        all.add(option + ": expected " + expected + ", got " + got);
      }
    }

    void range(String option, long value, long from, long to) {
      unless(value >= from && value <= to, option, from + " to " + to, String.valueOf(value));
    }
  }
}
