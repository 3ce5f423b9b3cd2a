// SPDX-License-Identifier: Apache-2.0
package dev.detent.server;

import dev.detent.ErrorCode;
import dev.detent.Problem;
import dev.detent.RefusedException;
import dev.detent.codec.DurationText;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Turns the texts of settings into a [Config], and collects what is wrong with them.
final class ConfigReader {
  private static final long FILE_BYTES_MAX = 1 << 20;
  private static final Duration IDLE_MIN = Duration.ofMillis(100);
  private static final Duration IDLE_MAX = Duration.ofDays(1);
  private static final Duration LEASE_MIN = Duration.ofSeconds(1);
  private static final Duration LEASE_MAX = Duration.ofMinutes(10);
  private static final Duration RETENTION_MIN = Duration.ofSeconds(1);
  private static final Duration RETENTION_MAX = Duration.ofDays(3_650);

  private final Map<Setting, List<String>> values = new EnumMap<>(Setting.class);
  private final Map<Setting, String> standards = new EnumMap<>(Setting.class);
  private final List<String> problems = new ArrayList<>();

  ConfigReader(Map<Setting, List<String>> values, Map<Setting, String> standards) {
    this.values.putAll(values);
    this.standards.putAll(standards);
  }

  static List<String> split(Setting setting, String value) {
    return setting.repeatable()
        ? List.of(value.strip().split("\\s*,\\s*"))
        : List.of(value.strip());
  }

  Config read() {
    readFile();
    Config config =
        new Config(
            store(),
            address(Setting.HTTP),
            address(Setting.REDIS),
            paths(Setting.DEFINE),
            flag(Setting.EXAMPLES),
            path(Setting.TOKEN_FILE),
            path(Setting.TLS_CERT),
            path(Setting.TLS_KEY),
            number(Setting.BODY_BYTES_MAX),
            number(Setting.DEFINITION_BYTES_MAX),
            number(Setting.HEADER_BYTES_MAX),
            number(Setting.PATH_BYTES_MAX),
            number(Setting.CONNECTIONS_MAX),
            number(Setting.REQUESTS_MAX),
            number(Setting.STREAMS_MAX),
            duration(Setting.IDLE_TIMEOUT, IDLE_MIN, IDLE_MAX),
            number(Setting.STORE_CONNECTIONS_MAX),
            peer(),
            duration(Setting.LEASE_DURATION, LEASE_MIN, LEASE_MAX),
            text(Setting.EVENT_RETENTION).equals("off")
                ? null
                : duration(Setting.EVENT_RETENTION, RETENTION_MIN, RETENTION_MAX));
    if ((config.tlsCert() == null) != (config.tlsKey() == null)) {
      problems.add("tls-cert and tls-key: expected both or none, got one; set the other too");
    }
    if (problems.isEmpty()) {
      return config;
    }
    throw Problem.of(ErrorCode.BAD_REQUEST, String.join("\n", problems))
        .with("problems", List.copyOf(problems))
        .exception();
  }

  private void readFile() {
    Path file = path(Setting.CONFIG);
    if (file == null) {
      return;
    }
    var properties = new Properties();
    try {
      properties.load(new StringReader(TextFile.read("config", file, FILE_BYTES_MAX)));
    } catch (IOException | IllegalArgumentException e) {
      problems.add(file + ": expected lines such as http=off, got a malformed \\u escape");
    }
    for (String key : new TreeSet<>(properties.stringPropertyNames())) {
      Setting setting = setting(key);
      if (setting == null) {
        problems.add(
            file + ": expected the name of a setting, got '" + key + "'; see serve --help");
      } else {
        values.putIfAbsent(setting, split(setting, properties.getProperty(key)));
      }
    }
  }

  private static @Nullable Setting setting(String key) {
    for (Setting setting : Setting.values()) {
      if (setting.key().equals(key) && setting != Setting.CONFIG) {
        return setting;
      }
    }
    return null;
  }

  private StoreUrl store() {
    try {
      return StoreUrl.parse(text(Setting.STORE));
    } catch (IllegalArgumentException e) {
      problems.add("store: " + e.getMessage());
      return StoreUrl.parse(Setting.STORE.standard());
    }
  }

  private @Nullable Address address(Setting setting) {
    String text = text(setting);
    Address address = Address.parse(text);
    if (address == null && !text.equals("off")) {
      expected(setting, "HOST:PORT or off", text);
    }
    return address;
  }

  private boolean flag(Setting setting) {
    String text = text(setting);
    if (!text.equals("true") && !text.equals("false")) {
      expected(setting, "true or false", text);
    }
    return text.equals("true");
  }

  private @Nullable Path path(Setting setting) {
    List<Path> paths = paths(setting);
    return paths.isEmpty() ? null : paths.getLast();
  }

  private List<Path> paths(Setting setting) {
    var paths = new ArrayList<Path>();
    for (String text : texts(setting)) {
      try {
        paths.add(Path.of(text));
      } catch (InvalidPathException e) {
        expected(setting, "the path of a file", text);
      }
    }
    return List.copyOf(paths);
  }

  private int number(Setting setting) {
    String text = text(setting);
    long number = text.matches("[0-9]{1,10}") ? Long.parseLong(text) : -1;
    if (number >= setting.least() && number <= Integer.MAX_VALUE) {
      return (int) number;
    }
    expected(setting, "a whole number from " + setting.least() + " to " + Integer.MAX_VALUE, text);
    return setting.least();
  }

  private Address peer() {
    Address address = address(Setting.PEER);
    if (address == null) {
      problems.add("peer: expected HOST:PORT, got off");
      return new Address("127.0.0.1", 0);
    }
    return address;
  }

  private Duration duration(Setting setting, Duration least, Duration most) {
    String text = text(setting);
    Duration duration = durationOrZero(text);
    if (duration.compareTo(least) < 0 || duration.compareTo(most) > 0) {
      expected(
          setting,
          "a duration from " + DurationText.format(least) + " to " + DurationText.format(most),
          text);
    }
    return duration;
  }

  private static Duration durationOrZero(String text) {
    try {
      return DurationText.parse(text);
    } catch (RefusedException e) {
      return Duration.ZERO;
    }
  }

  private void expected(Setting setting, String expected, String got) {
    problems.add(setting.key() + ": expected " + expected + ", got '" + got + "'");
  }

  private String text(Setting setting) {
    List<String> texts = texts(setting);
    return texts.isEmpty() ? "" : texts.getLast();
  }

  private List<String> texts(Setting setting) {
    String standard = standards.getOrDefault(setting, setting.standard());
    return values.getOrDefault(setting, standard.isEmpty() ? List.of() : List.of(standard));
  }
}
