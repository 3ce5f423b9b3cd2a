// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Says what to measure and for how long.
///
/// @param runs how many runs of each case count
/// @param length how long each is
/// @param parts which cases
/// @param stores which databases, by dialect
/// @param profile whether to show what the engine and the server spend their time on
/// @param events how many events a consumer follows
/// @param sleepers how many invocations sleep
/// @param folder where files go, on the disk that is measured
record Options(
    int runs,
    Duration length,
    Set<Part> parts,
    List<String> stores,
    boolean profile,
    int events,
    int sleepers,
    Path folder) {
  static final String USAGE =
      """
      usage: scripts/bench [--runs N] [--seconds S] [--only PARTS] [--store sqlite|postgresql]
                           [--events N] [--sleepers N] [--profile]
        --runs N      runs of each case that count; their median is shown (default: 5)
        --seconds S   length of each run (default: 2)
        --only PARTS  measure only some of sync,raw,engine,mapped,joined,consumer,http,handlers,
                      redis,takeover,sleepers,start
        --store NAME  measure only on this database
        --events N    how many events a consumer follows (default: 500,000)
        --sleepers N  how many invocations sleep (default: 100,000)
        --profile     also record the engine and the server, and show their top frames
      """;

  private static final List<String> DIALECTS = List.of("sqlite", "postgresql");

  /// Names a group of cases.
  enum Part {
    /// The disk.
    SYNC,
    /// Plain JDBC.
    RAW,
    /// The engine in this process.
    ENGINE,
    /// The engine in this process, over a table of the user's own.
    MAPPED,
    /// Transitions in transactions of callers.
    JOINED,
    /// A consumer of events in this process.
    CONSUMER,
    /// The server in its own process.
    HTTP,
    /// Durable handlers in a server in its own process.
    HANDLERS,
    /// The door for Redis clients, beside Redis itself.
    REDIS,
    /// A node that is killed, and its heirs.
    TAKEOVER,
    /// Many invocations that sleep.
    SLEEPERS,
    /// The server's start.
    START
  }

  /// Returns what is measured unless somebody says otherwise.
  static Options standard() {
    return new Options(
        5,
        Duration.ofSeconds(2),
        EnumSet.allOf(Part.class),
        DIALECTS,
        false,
        500_000,
        100_000,
        Path.of("bench", "target", "bench"));
  }

  /// Reads the command line.
  ///
  /// @throws IllegalArgumentException with one line about the first fault
  static Options parse(String... arguments) {
    Options options = standard();
    Iterator<String> words = List.of(arguments).iterator();
    while (words.hasNext()) {
      String option = words.next();
      options =
          option.equals("--profile")
              ? options.profiled()
              : options.with(option, words.hasNext() ? words.next() : "");
    }
    return options;
  }

  private Options with(String option, String value) {
    return switch (option) {
      case "--runs" -> runs((int) number(option, value, 1, 100));
      case "--seconds" -> length((long) (1000 * number(option, value, 0.1, 600)));
      case "--only" ->
          new Options(runs, length, parts(value), stores, profile, events, sleepers, folder);
      case "--store" ->
          new Options(
              runs, length, parts, List.of(store(value)), profile, events, sleepers, folder);
      case "--events" -> events((int) number(option, value, 1, 100_000_000));
      case "--sleepers" -> sleepers((int) number(option, value, 1, 1_000_000));
      default ->
          throw new IllegalArgumentException(
              "option: expected one of the usage, got '" + option + "'");
    };
  }

  private Options runs(int count) {
    return new Options(count, length, parts, stores, profile, events, sleepers, folder);
  }

  private Options length(long ms) {
    return new Options(
        runs, Duration.ofMillis(ms), parts, stores, profile, events, sleepers, folder);
  }

  private Options events(int count) {
    return new Options(runs, length, parts, stores, profile, count, sleepers, folder);
  }

  private Options sleepers(int count) {
    return new Options(runs, length, parts, stores, profile, events, count, folder);
  }

  private Options profiled() {
    return new Options(runs, length, parts, stores, true, events, sleepers, folder);
  }

  boolean has(Part part) {
    return parts.contains(part);
  }

  private static double number(String option, String text, double from, double to) {
    double number;
    try {
      number = Double.parseDouble(text);
    } catch (NumberFormatException e) {
      number = Double.NaN;
    }
    if (!(number >= from && number <= to)) {
      throw new IllegalArgumentException(
          "%s: expected %s to %s, got '%s'".formatted(option, from, to, text));
    }
    return number;
  }

  private static Set<Part> parts(String text) {
    var parts = EnumSet.noneOf(Part.class);
    for (String word : text.split(",", -1)) {
      parts.add(part(word));
    }
    return parts;
  }

  private static Part part(String word) {
    for (Part part : Part.values()) {
      if (part.name().toLowerCase(Locale.ROOT).equals(word)) {
        return part;
      }
    }
    throw new IllegalArgumentException(
        "--only: expected some of sync,raw,engine,mapped,joined,consumer,http,handlers,redis,"
            + "takeover,sleepers,start, got '"
            + word
            + "'");
  }

  private static String store(String text) {
    if (!DIALECTS.contains(text)) {
      throw new IllegalArgumentException(
          "--store: expected sqlite or postgresql, got '" + text + "'");
    }
    return text;
  }
}
