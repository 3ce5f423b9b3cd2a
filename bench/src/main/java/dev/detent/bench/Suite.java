// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

import dev.detent.Key;
import dev.detent.engine.Engine;
import dev.detent.machine.Machine;
import dev.detent.store.Store;
import dev.detent.table.TableClient;
import dev.detent.table.Tables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Gathers the cases, and the rows that show them, with the floors that they have to reach.
final class Suite {
  private static final int BATCH = 500;
  private static final int OUTSTANDING = 1_000;
  private static final int CONNECTIONS = 256;
  private static final double ENGINE_SHARE = 0.6;
  private static final double MAPPED_SHARE = 0.7;
  private static final double JOINED_SHARE = 0.7;
  private static final double EVENTS_MIN = 50_000;
  private static final double BEHIND_MS_MAX = 200;
  private static final double HTTP_SHARE = 0.4;
  private static final double HTTP_P99_MS_MAX = 25;
  private static final double ONE_TIMES = 2.5;
  private static final double START_MS_MAX = 1_500;
  private static final double ONE_STEP_MIN = 10_000;
  private static final double THREE_STEPS_MIN = 5_000;
  private static final double HOT_STEPS_MIN = 1_000;
  private static final double STEPS_MS_MAX = 1.5;
  private static final double TAKEOVER_MS_MAX = 4_000;
  private static final double SLEEPERS_MIB_MAX = 200;
  private static final double SLEEPERS_CPU_MAX = 1;

  private final Opened opened;
  private final List<Case> cases = new ArrayList<>();
  private final List<Row> rows = new ArrayList<>();

  /// @param opened closes what the cases need
  Suite(Opened opened) {
    this.opened = opened;
  }

  List<Case> cases() {
    return List.copyOf(cases);
  }

  String report(Map<String, Series> runs) {
    return new Report(runs).table(rows);
  }

  void add(Case each, List<Row> shown) {
    cases.add(each);
    rows.addAll(shown);
  }

  void addSync(Options options) {
    cases.add(new DiskSync(options.folder()));
    rows.add(new Row(DiskSync.NAME, Figure.MEDIAN, null));
    rows.add(new Row(DiskSync.NAME, Figure.P99, null));
  }

  void addRaw(Database database) throws SQLException {
    raw(database, rawBatch(database), BATCH);
    raw(database, rawSingle(database), 1);
    rows.add(new Row(rawSingle(database), Figure.MEDIAN, null));
  }

  private void raw(Database database, String name, int size) throws SQLException {
    cases.add(opened.add(RawJdbc.open(name, database, size)));
    rows.add(new Row(name, Figure.RATE, null));
  }

  void addEngine(Database database) throws SQLException {
    Machine machine = Machine.parse(FlipMachine.NAME, FlipMachine.definition());
    Engine engine = opened.add(Engine.builder(database.open("engine")).machine(machine).start());
    String store = database.dialect() + ": store, 500 a commit";
    cases.add(opened.add(new StoreCommits(store, database.open("store"), BATCH)));
    rows.add(new Row(store, Figure.RATE, null));
    List<Key> keys = Keys.of(FlipMachine.NAME);
    Goal goal = Goal.shareOf(rawBatch(database), ENGINE_SHARE);
    engine(engineMany(database), engine, keys, goal);
    String hot = database.dialect() + ": engine, one hot key";
    engine(hot, engine, keys.subList(0, 1), goal);
  }

  private void engine(String name, Engine engine, List<Key> keys, Goal goal) {
    cases.add(new EngineCalls(name, engine, keys, OUTSTANDING));
    rows.add(new Row(name, Figure.RATE, goal));
    rows.add(new Row(name, Figure.P99, null));
  }

  void addMapped(Database database) throws SQLException {
    CoinMachine.createRows(database, "mapped");
    Machine machine = Machine.of(new CoinMachine());
    Engine engine = opened.add(Engine.builder(database.open("mapped")).machine(machine).start());
    Goal goal = Goal.shareOf(engineMany(database), MAPPED_SHARE);
    String name = database.dialect() + ": engine, mapped, 10,000 keys";
    engine(name, engine, Keys.of(machine.name()), goal);
  }

  void addJoined(Postgres database) throws SQLException {
    String prefix = database.dialect() + ": %d callers, ".formatted(Callers.COUNT);
    String plain = prefix + "plain JDBC";
    String joined = prefix + "joined";
    PlainCoins coins = PlainCoins.open(database, "plain");
    cases.add(new Callers(plain, database.pool("plain", false), coins));
    CoinMachine.createRows(database, "joined");
    Store store = opened.add(database.open("joined"));
    TableClient<CoinMachine> client = Tables.open(store).machine(new CoinMachine());
    List<String> keys = Keys.all();
    Callers.Move flip =
        (connection, index) ->
            client.in(connection).call(keys.get(index), FlipMachine.COMMAND, null);
    cases.add(new Callers(joined, database.pool("joined", false), flip));
    rows.add(new Row(plain, Figure.RATE, null));
    rows.add(new Row(joined, Figure.RATE, Goal.shareOf(plain, JOINED_SHARE)));
    rows.add(new Row(joined, Figure.P99, null));
  }

  void addConsumer(Database database, int events) throws SQLException {
    String prefix = database.dialect() + ": consumer of %,d events".formatted(events);
    var log = opened.add(new StoreCommits(prefix, database.open("log"), BATCH));
    for (boolean transacted : List.of(false, true)) {
      String name = prefix + (transacted ? ", with tx" : "");
      cases.add(new Follower(name, log, events, transacted));
      rows.add(new Row(name, Figure.RATE, Goal.atLeast(EVENTS_MIN)));
      rows.add(new Row(name, Figure.HEAP, null));
    }
    addAbreast(database);
  }

  private void addAbreast(Database database) throws SQLException {
    Machine machine = Machine.parse(FlipMachine.NAME, FlipMachine.definition());
    Engine engine = opened.add(Engine.builder(database.open("live")).machine(machine).start());
    String prefix = database.dialect() + ": ";
    var calls = new EngineCalls(prefix, engine, Keys.of(FlipMachine.NAME), OUTSTANDING);
    for (boolean transacted : List.of(false, true)) {
      String name = prefix + "engine and consumer abreast" + (transacted ? ", with tx" : "");
      cases.add(new Abreast(name, engine, calls, transacted));
      rows.add(new Row(name, Figure.RATE, Goal.atLeast(EVENTS_MIN)));
      rows.add(new Row(name, Figure.BEHIND, Goal.atMost(BEHIND_MS_MAX)));
    }
  }

  void addHttp(Database database, Wrk wrk, Path folder) throws Exception {
    Path definition = definition(folder);
    String url = database.url("http");
    var arguments =
        List.of("--store", url, "--http", "127.0.0.1:0", "--define", definition.toString());
    ServerProcess server = opened.add(ServerProcess.java(arguments, folder));
    Path many = HttpLoad.flips(folder, "many.txt", Keys.all());
    Path hot = HttpLoad.flips(folder, "hot.txt", Keys.all().subList(0, 1));
    Path noop = Files.writeString(folder.resolve("noop.txt"), ServerProcess.NOOP_PATH + "\n");
    String prefix = database.dialect() + ": http ";
    String noopName = prefix + "256, no-op";
    String manyName = prefix + "256, 10,000 keys";
    String hotName = prefix + "256, one hot key";
    String oneName = prefix + "1, 10,000 keys";
    cases.add(new HttpLoad(noopName, wrk, server, noop, CONNECTIONS));
    cases.add(new HttpLoad(manyName, wrk, server, many, CONNECTIONS));
    cases.add(new HttpLoad(hotName, wrk, server, hot, CONNECTIONS));
    cases.add(new HttpLoad(oneName, wrk, server, many, 1));
    rows.add(new Row(noopName, Figure.RATE, null));
    rows.add(new Row(manyName, Figure.RATE, Goal.shareOf(noopName, HTTP_SHARE)));
    rows.add(new Row(manyName, Figure.P99, Goal.atMost(HTTP_P99_MS_MAX)));
    rows.add(new Row(hotName, Figure.RATE, Goal.shareOf(manyName, 1)));
    rows.add(new Row(hotName, Figure.P99, null));
    rows.add(new Row(oneName, Figure.RATE, null));
    rows.add(new Row(oneName, Figure.MEDIAN, Goal.timesAtMost(rawSingle(database), ONE_TIMES)));
  }

  /// Adds durable handlers; only on SQLite do they have to reach anything.
  void addHandlers(Database database, Wrk wrk, Path folder) throws Exception {
    ServerProcess server = server(database.url("handlers"), folder);
    boolean goals = database.dialect().equals("sqlite");
    String prefix = database.dialect() + ": handler ";
    String one = prefix + "256, 1 step, 10,000 keys";
    String three = prefix + "256, 3 steps, 10,000 keys";
    String hot = prefix + "256, 3 steps, one hot key";
    String single = prefix + "1, 3 steps, 10,000 keys";
    List<String> keys = Keys.all();
    Path steps = work(folder, "three.txt", WorkMachine.THREE, keys);
    Path step = work(folder, "one.txt", WorkMachine.ONE, keys);
    Path same = work(folder, "same.txt", WorkMachine.THREE, keys.subList(0, 1));
    cases.add(new HttpLoad(one, wrk, server, step, CONNECTIONS));
    cases.add(new HttpLoad(three, wrk, server, steps, CONNECTIONS));
    cases.add(new HttpLoad(hot, wrk, server, same, CONNECTIONS));
    cases.add(new HttpLoad(single, wrk, server, steps, 1));
    rows.add(new Row(one, Figure.RATE, goals ? Goal.atLeast(ONE_STEP_MIN) : null));
    rows.add(new Row(one, Figure.P99, null));
    rows.add(new Row(three, Figure.RATE, goals ? Goal.atLeast(THREE_STEPS_MIN) : null));
    rows.add(new Row(three, Figure.P99, null));
    rows.add(new Row(hot, Figure.RATE, goals ? Goal.atLeast(HOT_STEPS_MIN) : null));
    rows.add(new Row(hot, Figure.P99, null));
    rows.add(new Row(single, Figure.RATE, null));
    rows.add(new Row(single, Figure.MEDIAN, goals ? Goal.atMost(STEPS_MS_MAX) : null));
  }

  private static Path work(Path folder, String file, String command, List<String> keys)
      throws IOException {
    return HttpLoad.paths(folder.resolve(file), WorkMachine.NAME, command, keys);
  }

  private ServerProcess server(String store, Path folder) throws Exception {
    return opened.add(
        ServerProcess.java(List.of("--store", store, "--http", "127.0.0.1:0"), folder));
  }

  void addTakeover(Database database, Path folder) {
    String name = database.dialect() + ": kill -9 of 1 in 3 nodes, lease 2 s";
    cases.add(new Takeover(name, database, folder));
    rows.add(new Row(name, Figure.MEDIAN, null));
    rows.add(new Row(name, Figure.P99, Goal.atMost(TAKEOVER_MS_MAX)));
  }

  void addSleepers(Database database, Path folder, int count) throws Exception {
    String prefix = database.dialect() + ": ";
    String none = prefix + "a server at rest";
    String many = prefix + "%,d sleeping invocations".formatted(count);
    cases.add(new Sleepers(none, server(database.url("rest"), folder), 0));
    cases.add(new Sleepers(many, server(database.url("sleepers"), folder), count));
    rows.add(new Row(none, Figure.HEAP, null));
    rows.add(new Row(none, Figure.CPU, null));
    rows.add(new Row(many, Figure.HEAP, Goal.atMost(SLEEPERS_MIB_MAX)));
    rows.add(new Row(many, Figure.CPU, Goal.atMost(SLEEPERS_CPU_MAX)));
  }

  void addStart(Path folder) throws IOException {
    cases.add(new StartTime(folder, definition(folder)));
    rows.add(new Row(StartTime.NAME, Figure.MEDIAN, Goal.atMost(START_MS_MAX)));
  }

  private static Path definition(Path folder) throws IOException {
    Path file = folder.resolve("bench.json");
    return Files.writeString(file, FlipMachine.definition().text());
  }

  private static String engineMany(Database database) {
    return database.dialect() + ": engine, 10,000 keys";
  }

  private static String rawBatch(Database database) {
    return database.dialect() + ": raw, 500 a commit";
  }

  private static String rawSingle(Database database) {
    return database.dialect() + ": raw, 1 a commit";
  }
}
