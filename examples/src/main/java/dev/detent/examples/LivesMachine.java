// SPDX-License-Identifier: Apache-2.0
package dev.detent.examples;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.detent.DetentException;
import dev.detent.annotation.Final;
import dev.detent.annotation.StateMachine;
import dev.detent.annotation.Table;
import dev.detent.annotation.Transition;
import dev.detent.machine.Machine;
import dev.detent.sql.SqlStore;
import dev.detent.store.Store;
import dev.detent.table.Refusal;
import dev.detent.table.TableClient;
import dev.detent.table.TableTransaction;
import dev.detent.table.Tables;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import javax.sql.DataSource;

/// Shows many lives at once, as rows of the application's own table `lives`: each is lived by a
/// thread of its own, with the connections of one pool. No engine runs.
@StateMachine("lives")
@Table(name = "lives", state = "state_type")
public final class LivesMachine {
  private static final int LIVES = 100;

  /// Is one of the three phases; what a phase does not say stays in its column.
  public sealed interface Phase {
    /// Waits to be born.
    record Gestating() implements Phase {}

    /// Lives.
    ///
    /// @param bornAt when it was born
    record Alive(Instant bornAt) implements Phase {}

    /// Is over.
    ///
    /// @param diedAt when it ended
    @Final
    record Dead(Instant diedAt) implements Phase {}
  }

  /// Makes the machine's code.
  public LivesMachine() {}

  @Transition
  Phase.Gestating conceive() {
    return new Phase.Gestating();
  }

  @Transition
  Phase.Alive birth(Phase.Gestating from, Instant now) {
    return new Phase.Alive(now);
  }

  @Transition
  Phase.Dead death(Phase.Alive from, Instant now) {
    return new Phase.Dead(now);
  }

  /// Runs it.
  ///
  /// @param arguments the folder for the store; without one, a new folder
  public static void main(String... arguments) throws Exception {
    run(Session.folder(arguments), System.out);
  }

  static void run(Path folder, PrintStream out) throws Exception {
    Path file = folder.resolve("lives.db");
    var settings = new HikariConfig();
    settings.setJdbcUrl("jdbc:sqlite:" + file + "?transaction_mode=IMMEDIATE&busy_timeout=60000");
    settings.setMaximumPoolSize(4);
    settings.setConnectionTimeout(60_000);
    try (Store store = SqlStore.sqlite(file).open();
        var pool = new HikariDataSource(settings)) {
      run(store, "sqlite", pool, out);
    }
  }

  /// Lives the lives.
  ///
  /// @param dialect of the store's database
  /// @param pool connections to it
  static void run(Store store, String dialect, DataSource pool, PrintStream out) throws Exception {
    try (Connection connection = pool.getConnection()) {
      OwnTableMachine.createTable(connection, dialect, Machine.of(new LivesMachine()));
    }
    var lives = Tables.open(store).machine(new LivesMachine());
    List<Callable<Integer>> wishes = new ArrayList<>();
    for (int i = 0; i < LIVES; i++) {
      wishes.add(() -> live(lives, pool));
    }
    int refused = 0;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Integer> life : threads.invokeAll(wishes)) {
        refused += life.get();
      }
    }
    out.println("refused: " + refused);
    try (Connection connection = pool.getConnection()) {
      OwnTableMachine.show(
          connection,
          out,
          "select state_type, count(*), count(distinct id), count(created_at), count(updated_at),"
              + " count(born_at), count(died_at) from lives group by state_type");
    }
  }

  /// Lives one life, and tries what its phase does not allow.
  ///
  /// @return how often it was refused
  private static int live(TableClient<LivesMachine> lives, DataSource pool) throws SQLException {
    var ids = new ArrayList<Long>();
    commit(lives, pool, now -> ids.add(now.create(new Phase.Gestating())));
    long id = ids.getFirst();
    var refused = new ArrayList<Refusal>();
    commit(
        lives,
        pool,
        now -> {
          refuse(refused, () -> now.call(id, LivesMachine::death));
          now.call(id, LivesMachine::birth);
        });
    commit(
        lives,
        pool,
        now -> {
          now.call(id, LivesMachine::death);
          refuse(refused, () -> now.call(id, LivesMachine::birth));
        });
    return refused.size();
  }

  private static void commit(
      TableClient<LivesMachine> lives,
      DataSource pool,
      Consumer<TableTransaction<LivesMachine>> work)
      throws SQLException {
    try (Connection connection = pool.getConnection()) {
      connection.setAutoCommit(false);
      work.accept(lives.in(connection));
      connection.commit();
    }
  }

  private static void refuse(List<Refusal> refused, Runnable attempt) {
    try {
      attempt.run();
    } catch (DetentException e) {
      if (Refusal.of(e) != Refusal.OTHER_STATE) {
        throw e;
      }
      refused.add(Refusal.OTHER_STATE);
    }
  }
}
