// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

import dev.detent.bench.Options.Part;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Measures everything in one go and prints a table: how fast a disk, plain JDBC, the engine and
/// the server are, run in turns in the same minutes.
public final class Bench {
  /// Fewer samples would say little.
  private static final Duration PROFILE_MIN = Duration.ofSeconds(5);

  private final Options options;
  private final PrintStream out;

  private Bench(Options options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  /// Runs what the options say; without options everything, for a few minutes.
  ///
  /// Ends the process: 0 ok, 1 usage, 2 failed. A goal that is missed is no failure.
  public static void main(String[] arguments) {
    var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    if (List.of(arguments).contains("--help")) {
      out.print(Options.USAGE);
      return;
    }
    Options options;
    try {
      options = Options.parse(arguments);
    } catch (IllegalArgumentException e) {
      out.println("bench: " + e.getMessage());
      out.print(Options.USAGE);
      System.exit(1);
      return;
    }
    try {
      new Bench(options, out).run();
    } catch (Exception e) {
      out.println("bench: failed: " + e);
      e.printStackTrace(out);
      System.exit(2);
    }
    System.exit(0);
  }

  private void run() throws Exception {
    double before = Facts.load();
    clear(options.folder());
    Files.createDirectories(options.folder());
    out.print(Facts.text(options.folder()));
    try (var opened = new Opened()) {
      Suite suite = suite(opened);
      out.println();
      var rounds = new Rounds(options.runs(), options.length(), out::println);
      Map<String, Series> runs = rounds.run(suite.cases());
      out.printf(
          "%nMedians of %d runs of %s s each, run in turns. http N: N connections.%s%n%n",
          options.runs(), options.length().toMillis() / 1000.0, Facts.busyBefore(before));
      out.print(suite.report(runs));
      if (options.profile()) {
        profile(suite.cases());
      }
    } finally {
      clear(options.folder());
    }
  }

  private Suite suite(Opened opened) throws Exception {
    var suite = new Suite(opened);
    boolean loads = options.has(Part.HTTP) || options.has(Part.HANDLERS);
    @Nullable Wrk wrk = loads ? wrk() : null;
    @Nullable RedisCases redis = options.has(Part.REDIS) ? redis(suite, opened) : null;
    if (options.has(Part.SYNC)) {
      suite.addSync(options);
    }
    for (Database database : databases(opened)) {
      out.printf("%-10s %s%n", database.dialect(), database.facts());
      if (options.has(Part.RAW)) {
        suite.addRaw(database);
      }
      if (options.has(Part.ENGINE)) {
        suite.addEngine(database);
      }
      addCode(suite, database);
      if (redis != null) {
        addRedis(redis, database, opened);
      }
      if (wrk != null && options.has(Part.HTTP)) {
        suite.addHttp(database, wrk, options.folder());
      }
      if (wrk != null && options.has(Part.HANDLERS)) {
        suite.addHandlers(database, wrk, options.folder());
      }
      if (database.dialect().equals("postgresql") && options.has(Part.TAKEOVER)) {
        suite.addTakeover(database, options.folder());
      }
      if (database.dialect().equals("sqlite") && options.has(Part.SLEEPERS)) {
        suite.addSleepers(database, options.folder(), options.sleepers());
      }
    }
    if (options.has(Part.START)) {
      suite.addStart(options.folder());
    }
    return suite;
  }

  private void addCode(Suite suite, Database database) throws Exception {
    if (options.has(Part.MAPPED)) {
      suite.addMapped(database);
    }
    if (database instanceof Postgres postgres && options.has(Part.JOINED)) {
      suite.addJoined(postgres);
    }
    if (options.has(Part.CONSUMER)) {
      suite.addConsumer(database, options.events());
    }
  }

  private @Nullable Wrk wrk() throws IOException {
    Wrk wrk = Wrk.find(options.folder());
    if (wrk == null) {
      out.println("http is left out: expected wrk, got none; run scripts/install-test-tools");
    }
    return wrk;
  }

  private @Nullable RedisCases redis(Suite suite, Opened opened) throws Exception {
    Path program = RedisServer.program();
    if (program == null) {
      out.println(
          "redis is left out: expected redis-server, got none; run scripts/install-test-tools");
      return null;
    }
    var cases = new RedisCases(suite);
    cases.addReference(opened.add(RedisServer.start(program, options.folder())));
    return cases;
  }

  private void addRedis(RedisCases redis, Database database, Opened opened) throws Exception {
    var arguments =
        List.of(
            "--store", database.url("redis"), "--http", "127.0.0.1:0", "--redis", "127.0.0.1:0");
    ServerProcess server = opened.add(ServerProcess.java(arguments, options.folder()));
    redis.add(database.dialect(), server, database.dialect().equals("sqlite"));
  }

  private void profile(List<Case> cases) throws Exception {
    Path folder = Files.createDirectories(options.folder().resolveSibling("profiles"));
    Duration length = options.length().compareTo(PROFILE_MIN) < 0 ? PROFILE_MIN : options.length();
    for (Case each : cases) {
      Path file = folder.resolve(each.name().replaceAll("[^A-Za-z0-9]+", "-") + ".jfr");
      if (each.record(length, file)) {
        out.printf("%nprofile of %s (%s)%n%s", each.name(), file, Profile.text(file));
      }
    }
  }

  private List<Database> databases(Opened opened) throws IOException {
    var databases = new ArrayList<Database>();
    for (String dialect : options.stores()) {
      Path folder = options.folder();
      databases.add(
          opened.add(dialect.equals("sqlite") ? new Sqlite(folder) : Postgres.start(folder)));
    }
    return databases;
  }

  private static void clear(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (var paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
