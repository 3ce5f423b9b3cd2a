// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import dev.detent.engine.Detent;
import dev.detent.machine.Machine;
import dev.detent.sql.SqlStore;
import dev.detent.store.MappedTable;
import dev.detent.store.Store;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Tests a machine: by walking through all of it on a real database, or by single moves without
/// one.
///
/// ```java
/// MachineTester.of(new DoorMachine()).walk().requireComplete();
///
/// MachineTester.of(new DoorMachine())
///     .given(new Closed())
///     .when("open", "key 7")
///     .then(new Open("key 7"))
///     .elapse(Duration.ofMinutes(5))
///     .then(new Closed());
/// ```
///
/// **A walk** leads new instances to each state that can be reached, and makes each declared move
/// from there, with generated inputs; a transition with several targets is tried with many inputs
/// until all were seen. In each state it tries every command that is not allowed there, and checks
/// that it is refused and leaves no trace: the state, its content, the version, the history and the
/// offsets stay as they are. Durable handlers run with all their effects; their pauses pass at once
/// where the clock can be moved.
///
/// **Threads**: one.
public final class MachineTester {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final Machine machine;
  private final List<Machine> beside = new ArrayList<>();
  private final Samples samples = new Samples(1);
  private final Inputs inputs;
  private BiConsumer<Detent, String> outside = (detent, invocation) -> {};
  private Duration patience = Duration.ofSeconds(10);
  private int tries = 40;
  private boolean joined;

  private MachineTester(Machine machine) {
    this.machine = machine;
    this.inputs = new Inputs(samples, machine.codec());
  }

  /// Begins to test a machine.
  ///
  /// @param machine a [Machine], or an object of a class that is marked with
  ///   [StateMachine][dev.detent.annotation.StateMachine]
  /// @throws dev.detent.RefusedException INVALID_DEFINITION with all `problems`
  public static MachineTester of(Object machine) {
    return new MachineTester(made(machine));
  }

  private static Machine made(Object machine) {
    return machine instanceof Machine made ? made : Machine.of(machine);
  }

  /// Makes all values of a type by a function, wherever they stand in an input.
  ///
  /// @param <T> the type
  /// @param type the type
  /// @param function makes one value; its argument is a source of numbers that are the same in
  ///   every run
  public <T> MachineTester generate(
      Class<T> type, Function<? super RandomGenerator, ? extends T> function) {
    samples.use(type, function);
    return this;
  }

  /// Makes the inputs of a command by a function.
  ///
  /// @param command the command
  /// @param function makes one input: anything that can be written as JSON
  public MachineTester input(String command, Function<? super RandomGenerator, ?> function) {
    inputs.use(command, function);
    return this;
  }

  /// Says how many inputs are tried until a transition has led to all its targets. 1 or more.
  /// Defaults to 40.
  public MachineTester tries(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("tries: expected 1 or more, got " + count);
    }
    tries = count;
    return this;
  }

  /// Runs a further machine beside it, for handlers that call it.
  ///
  /// @param other a [Machine], or an object of an annotated class
  public MachineTester beside(Object other) {
    beside.add(made(other));
    return this;
  }

  /// Says what the world outside does while a handler waits for it: resolves an awakeable, sends a
  /// signal. It is called again and again with the id of each invocation that has not ended.
  public MachineTester outside(BiConsumer<Detent, String> act) {
    outside = act;
    return this;
  }

  /// Makes the moves in transactions of the caller's own, as [Detent#transaction] does, but for
  /// durable handlers, which outlive any transaction.
  public MachineTester inTransactions() {
    joined = true;
    return this;
  }

  /// Says how long a single move may take. Positive. Defaults to 10 seconds.
  public MachineTester patience(Duration duration) {
    if (!duration.isPositive()) {
      throw new IllegalArgumentException("patience: expected more than nothing, got " + duration);
    }
    patience = duration;
    return this;
  }

  /// Walks through the machine on a new SQLite file, which is removed in the end. If its instances
  /// are rows of a table, that is made there. The driver (`org.xerial:sqlite-jdbc`) must be on the
  /// class path.
  ///
  /// @throws UncheckedIOException if there is no place for the file
  public WalkReport walk() {
    try {
      Path folder = Files.createTempDirectory("detent-walk");
      try {
        ManualClock clock = ManualClock.at(START);
        Path file = folder.resolve("walk.db");
        Store store = SqlStore.sqlite(file).clock(clock).open();
        makeTables(file);
        return walk(store, clock);
      } finally {
        remove(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("walk: expected a temporary folder, got none", e);
    }
  }

  private void makeTables(Path file) {
    MappedTable table = machine.table();
    if (table == null) {
      return;
    }
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      for (String sql : SqlStore.ddl("sqlite", table).split(";\n", -1)) {
        if (!sql.isBlank()) {
          statement.execute(sql);
        }
      }
    } catch (SQLException e) {
      throw new IllegalStateException(
          "walk: expected to make table " + table.name() + ", got " + e.getMessage(), e);
    }
  }

  private static void remove(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> found = Files.walk(folder)) {
      files = found.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : files) {
      Files.deleteIfExists(file);
    }
  }

  /// Walks through the machine on a database of the caller's. Time passes there as it does: a
  /// timeout is walked only if it is shorter than the [#patience].
  ///
  /// @param store the store; its tables are left as the walk leaves them, and it is closed
  public WalkReport walk(Store store) {
    return walk(store, null);
  }

  /// Walks through the machine on a database of the caller's whose clock can be moved.
  ///
  /// @param store the store; its tables are left as the walk leaves them, and it is closed
  /// @param clock the store's own clock, or null if it can't be moved
  public WalkReport walk(Store store, @Nullable ManualClock clock) {
    var setting = new EngineGround.Setting(store, clock, beside, outside, patience, joined);
    try (Ground ground = new EngineGround(machine, setting)) {
      return new Walker(machine, ground, inputs, tries).walk();
    }
  }

  /// Begins a scenario with a key that nobody has touched: it is in the initial state, or not
  /// there.
  public Scenario given() {
    return new Scenario(machine, START);
  }

  /// Begins a scenario with an instance in a state.
  ///
  /// @param state a record of the machine's
  public Scenario given(Object state) {
    return given().in(state);
  }
}
