// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

import dev.detent.engine.Engine;
import dev.detent.machine.Machine;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Gathers the cases, and the rows that show them, with the floors that they have to reach.
final class Suite {
  private static final int BATCH = 500;
  private static final int OUTSTANDING = 1_000;
  private static final double ENGINE_SHARE = 0.6;

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
    String store = database.dialect() + ": store, 500 per commit";
    cases.add(opened.add(new StoreCommits(store, database.open("store"), BATCH)));
    rows.add(new Row(store, Figure.RATE, null));
    List<String> keys = Keys.all();
    engine(engine, database, "10,000 keys", keys);
    engine(engine, database, "one hot key", keys.subList(0, 1));
  }

  private void engine(Engine engine, Database database, String what, List<String> keys) {
    String name = database.dialect() + ": engine, " + what;
    cases.add(new EngineCalls(name, engine, keys, OUTSTANDING));
    rows.add(new Row(name, Figure.RATE, Goal.shareOf(rawBatch(database), ENGINE_SHARE)));
    rows.add(new Row(name, Figure.P99, null));
  }

  private static String rawBatch(Database database) {
    return database.dialect() + ": raw, 500 per commit";
  }

  private static String rawSingle(Database database) {
    return database.dialect() + ": raw, 1 per commit";
  }
}
