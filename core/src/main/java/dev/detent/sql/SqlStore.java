// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.Key;
import dev.detent.store.Batch;
import dev.detent.store.Cursors;
import dev.detent.store.EventRow;
import dev.detent.store.Fence;
import dev.detent.store.InstanceRow;
import dev.detent.store.InvocationRow;
import dev.detent.store.MachineRow;
import dev.detent.store.Membership;
import dev.detent.store.MovableClock;
import dev.detent.store.NodeRow;
import dev.detent.store.PartitionRow;
import dev.detent.store.StepRow;
import dev.detent.store.Store;
import dev.detent.store.StoreException;
import dev.detent.store.Stranded;
import dev.detent.store.TimerRow;
import dev.detent.store.Token;
import dev.detent.store.Transact;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// Keeps everything in tables of a SQL database: SQLite for one process, PostgreSQL for many.
///
/// **Guarantees**: those of [Store]; commits are synced to disk (on PostgreSQL unless its own
/// `synchronous_commit` or `fsync` was turned off). It heals by itself when the database is back.
///
/// **Threads**: safe for any number of threads. On SQLite writes wait for each other, and for all
/// of a [#transact]; one that is made within it on the same thread is an [IllegalStateException].
///
/// **Limits**: text with the character U+0000 is refused as REJECTED. On PostgreSQL a [#transact]
/// must not stand still between two statements for longer than two fifths of the lease.
public final class SqlStore implements Store {
  private static final int STRANDED_KEYS = 3;
  private static final int TAILS_MAX = 20_000;
  private static final long FIRST = Long.MIN_VALUE;

  private final Sessions sessions;
  private final Transactions transactions;
  private final Binding binding;
  private final Tails tails;
  private final Nodes nodes;
  private final SqlCursors cursors;
  private final InstantSource clock;
  private final int partitions;

  private SqlStore(Builder builder, Sessions sessions, Binding binding) {
    this.sessions = sessions;
    this.binding = binding;
    this.tails = new Tails(exclusive() ? TAILS_MAX : 0);
    this.transactions = new Transactions(sessions);
    this.clock = builder.dialect == Dialect.SQLITE ? builder.clock : new ServerClock();
    this.nodes = new Nodes(transactions, binding, clock);
    this.cursors = new SqlCursors(transactions, clock);
    this.partitions = new Migrations(builder.dialect, transactions).run(builder.partitions);
    if (exclusive()) {
      cursors.forgetAll();
    }
    ping();
  }

  /// Begins a store in a SQLite file, which is made if it is missing. The driver
  /// (`org.xerial:sqlite-jdbc`) must be on the class path. While the store is open, the file
  /// `PATH.lock` beside it keeps every other process out.
  ///
  /// @param file the database file
  public static Builder sqlite(Path file) {
    return new Builder(Dialect.SQLITE, statements -> SqliteFile.open(file, statements));
  }

  /// Begins a store in the tables `detent_…` of a PostgreSQL database, version 14 or newer, in the
  /// first schema of the search path.
  ///
  /// A connection is taken for each operation and given back, so the source should be a pool; set
  /// its `connectTimeout` and `socketTimeout`, or a server that vanishes is waited for without end.
  ///
  /// @param source where connections come from; it stays open when the store is closed
  public static Builder postgres(DataSource source) {
    return new Builder(Dialect.POSTGRESQL, statements -> PostgresServer.open(source, statements));
  }

  /// Returns the names of the dialects: `sqlite`, `postgresql`.
  public static List<String> dialects() {
    return Dialect.names();
  }

  /// Returns the script that makes all tables, with a comment for each table and column.
  ///
  /// @param dialect one of [#dialects]
  /// @throws IllegalArgumentException if there is no such dialect
  public static String ddl(String dialect) {
    return Migrations.ddl(Dialect.of(dialect));
  }

  @Override
  public int partitions() {
    return partitions;
  }

  @Override
  public boolean exclusive() {
    return sessions instanceof SqliteFile;
  }

  @Override
  public String secret() {
    return list("secret", "meta-value", row -> row.getString(1), "secret").getFirst();
  }

  /// Returns the time of the store's clock. On SQLite that is the builder's; on PostgreSQL it is an
  /// estimate of the server's, corrected by [#ping], [#acquire] and [#heartbeat], and never blocks.
  @Override
  public long now() {
    return clock.millis();
  }

  @Override
  public void whenClockMoves(Runnable moved) {
    if (clock instanceof MovableClock movable) {
      movable.whenMoved(moved);
    }
  }

  @Override
  public List<PartitionRow> acquire(String owner, Collection<Integer> partitions) {
    return nodes.acquire(owner, partitions);
  }

  @Override
  public void release(Collection<PartitionRow> rows) {
    nodes.release(rows);
  }

  @Override
  public Membership heartbeat(NodeRow node, long leaseMs) {
    return nodes.heartbeat(node, leaseMs);
  }

  @Override
  public void forget(Collection<String> ids) {
    nodes.forget(ids);
  }

  @Override
  public List<PartitionRow> partitionRows() {
    return transactions.read(
        "partitions", session -> session.list("partition-rows", Rows::partition));
  }

  @Override
  public void commit(Batch batch) {
    var commit = new Commit(batch, binding, tails);
    try {
      transactions.write("commit " + batch.id(), commit);
      tails.learn(commit.last());
    } catch (StoreException e) {
      tails.forget();
      throw e;
    }
  }

  @Override
  public @Nullable Boolean isCommitted(Batch batch) {
    Fence fence = batch.fences().getFirst();
    Outcome outcome =
        transactions.write(
            "outcome of " + batch.id(),
            session -> {
              session.run("patience");
              return session.list("partition-outcome", Outcome::read, fence.partition()).getFirst();
            });
    return outcome.of(batch.id(), fence.epoch());
  }

  @Override
  public List<InstanceRow> instances(Collection<Key> keys) {
    return select("instances", "instance-select", Shapes.KEY, keys, Rows::instance);
  }

  @Override
  public List<InvocationRow> invocations(Collection<Token> tokens) {
    return select("invocations", "invocation-by-token", Shapes.TOKEN, tokens, Rows::invocation);
  }

  @Override
  public @Nullable InvocationRow invocation(String id) {
    List<InvocationRow> found = list("invocation", "invocation-by-id", Rows::invocation, id);
    return found.isEmpty() ? null : found.getFirst();
  }

  @Override
  public List<InvocationRow> open(int partition, @Nullable InvocationRow after, int limit) {
    return after == null
        ? list("open", "invocation-open", Rows::invocation, partition, "", "", FIRST, "", limit)
        : list(
            "open",
            "invocation-open",
            Rows::invocation,
            partition,
            after.key().machine(),
            after.key().key(),
            after.ordinal(),
            after.id(),
            limit);
  }

  @Override
  public List<InvocationRow> invocations(
      InvocationRow.@Nullable Status status, @Nullable String after, int limit) {
    String above = after == null ? "" : after;
    if (status == null) {
      return list("invocations", "invocation-page", Rows::invocation, above, limit);
    }
    String name =
        switch (status) {
          case QUEUED, RUNNING -> "invocation-page-at-work";
          case SCHEDULED, PAUSED, FAILED, CANCELLED, KILLED -> "invocation-page-of-few";
          case COMPLETED -> "invocation-page-in-status";
        };
    String text = status.name().toLowerCase(Locale.ROOT);
    return list("invocations", name, Rows::invocation, text, above, limit);
  }

  @Override
  public List<StepRow> steps(String invocation) {
    return list("steps", "step-rows", Rows::step, invocation);
  }

  @Override
  public List<StepRow> pending(int partition, @Nullable StepRow after, int limit) {
    return after == null
        ? list("pending", "step-pending", Rows::step, partition, "", FIRST, "", limit)
        : list(
            "pending",
            "step-pending",
            Rows::step,
            partition,
            after.invocation(),
            after.life(),
            after.position(),
            limit);
  }

  @Override
  public StepRow transact(InvocationRow invocation, long epoch, String position, Transact work)
      throws Exception {
    var transaction = new StepTransaction(binding, invocation, epoch, position, work);
    try {
      return transactions.write("transact " + position + " of " + invocation.id(), transaction);
    } catch (Undone e) {
      StepRow recorded = transaction.recorded();
      if (recorded != null) {
        return recorded;
      }
      throw (Exception) Objects.requireNonNull(e.getCause());
    }
  }

  @Override
  public List<TimerRow> timers(Collection<Integer> among, long dueAtMax, int limit) {
    return list("timers", "timer-due", Rows::timer, Nodes.text(among), dueAtMax, limit);
  }

  @Override
  public List<EventRow> events(int partition, long after, int limit) {
    return list("events", "event-page", Rows::event, partition, after, limit);
  }

  @Override
  public List<EventRow> history(Key key, long after, int limit) {
    return transactions.read("history", session -> Histories.read(session, key, after, limit));
  }

  @Override
  public List<InstanceRow> list(
      String machine, @Nullable String state, @Nullable String after, int limit) {
    String above = after == null ? "" : after;
    return state == null
        ? list("list", "instance-page", Rows::instance, machine, above, limit)
        : list("list", "instance-page-in-state", Rows::instance, machine, state, above, limit);
  }

  @Override
  public Map<String, Long> counts(String machine) {
    return transactions.read("counts", session -> counts(session, machine));
  }

  @Override
  public List<MachineRow> machines() {
    return list("machines", "machine-rows", Rows::machine);
  }

  @Override
  public List<Stranded> define(MachineRow machine, Collection<String> states) {
    Set<String> kept = Set.copyOf(states);
    return transactions.write(
        "define " + machine.name(), session -> define(session, machine, kept));
  }

  @Override
  public Cursors cursors() {
    return cursors;
  }

  @Override
  public int purge(long now, int limit) {
    return transactions.write("purge", session -> session.update("invocation-purge", now, limit));
  }

  @Override
  public void ping() {
    transactions.read(
        "ping",
        session ->
            clock instanceof ServerClock server
                ? server.ask(session)
                : session.list("ping", row -> row.getLong(1)).getFirst());
  }

  @Override
  public void close() {
    sessions.close();
  }

  private <T> List<T> list(String what, String name, RowReader<T> reader, Object... parameters) {
    return transactions.read(what, session -> session.list(name, reader, parameters));
  }

  private <R, T> List<T> select(
      String what, String name, Shape<R> shape, Collection<R> keys, RowReader<T> reader) {
    if (keys.isEmpty()) {
      return List.of();
    }
    return transactions.read(what, session -> binding.select(session, name, shape, keys, reader));
  }

  private static Map<String, Long> counts(Session session, String machine) throws SQLException {
    var counts = new LinkedHashMap<String, Long>();
    session.list("instance-counts", row -> counts.put(row.getString(1), row.getLong(2)), machine);
    return counts;
  }

  private static List<Stranded> define(Session session, MachineRow machine, Set<String> states)
      throws SQLException {
    session.run("patience");
    session.list("partition-lock", row -> row.getInt(1));
    var stranded = new ArrayList<Stranded>();
    for (Map.Entry<String, Long> count : counts(session, machine.name()).entrySet()) {
      if (!states.contains(count.getKey())) {
        stranded.add(stranded(session, machine.name(), count.getKey(), count.getValue()));
      }
    }
    if (stranded.isEmpty()) {
      session.update("partition-bump");
      session.update(
          "machine-write", machine.name(), machine.kind(), machine.hash(), machine.definition());
    }
    return stranded;
  }

  private static Stranded stranded(Session session, String machine, String state, long count)
      throws SQLException {
    List<String> keys =
        session.list(
            "instance-page-in-state", row -> row.getString(2), machine, state, "", STRANDED_KEYS);
    return new Stranded(state, count, keys);
  }

  /// Collects options; [#open] opens the store.
  ///
  /// **Threads**: one at a time.
  public static final class Builder {
    private static final int PARTITIONS_MAX = 1024;
    private static final Duration LEASE_MIN = Duration.ofSeconds(1);
    private static final Duration LEASE_MAX = Duration.ofHours(1);

    private final Dialect dialect;
    private final Connector connector;
    private int partitions;
    private InstantSource clock = InstantSource.system();
    private Duration lease = Duration.ofSeconds(10);

    private Builder(Dialect dialect, Connector connector) {
      this.dialect = dialect;
      this.connector = connector;
      this.partitions = dialect.partitions();
    }

    /// Says how many partitions the store gets when it is created; one that exists keeps its own.
    ///
    /// @param count 1 to 1,024. Defaults to 8 on SQLite, 64 on PostgreSQL
    public Builder partitions(int count) {
      if (count < 1 || count > PARTITIONS_MAX) {
        throw new IllegalArgumentException(
            "partitions: expected 1 to " + PARTITIONS_MAX + ", got " + count + "; choose one");
      }
      partitions = count;
      return this;
    }

    /// Says where the time comes from on SQLite. PostgreSQL always tells its own. A [MovableClock]
    /// wakes the engine when it is moved.
    ///
    /// @param source the clock. Defaults to the system's
    public Builder clock(InstantSource source) {
      clock = source;
      return this;
    }

    /// Says for how long nodes count as alive after their last sign of life, since no process that
    /// was stopped in the middle of a transaction may hold its rows for as long. So a transaction
    /// on PostgreSQL may wait two fifths of that for its client, a fifth for a lock, and run one
    /// and a half for one statement; of a handler's own `transact` only the first holds.
    ///
    /// @param duration 1 second to 1 hour. Defaults to 10 seconds
    public Builder leaseDuration(Duration duration) {
      if (duration.compareTo(LEASE_MIN) < 0 || duration.compareTo(LEASE_MAX) > 0) {
        throw new IllegalArgumentException(
            "leaseDuration: expected 1 second to 1 hour, got " + duration + "; choose one");
      }
      lease = duration;
      return this;
    }

    /// Opens the store, and makes or migrates its tables.
    ///
    /// @throws StoreException if that can't be done; its message is one line for an operator
    public SqlStore open() {
      Statements statements = dialect.statements(Limits.of(lease));
      Sessions sessions = connector.open(statements);
      Binding binding = dialect == Dialect.SQLITE ? new RowBinding() : new ArrayBinding(statements);
      try {
        return new SqlStore(this, sessions, binding);
      } catch (RuntimeException e) {
        sessions.close();
        throw e;
      }
    }
  }

  /// Gets hold of a database.
  private interface Connector {
    Sessions open(Statements statements);
  }

  /// Holds what a partition's row says of the last commits.
  private record Outcome(long epoch, @Nullable String owner, @Nullable String fenced) {
    static Outcome read(java.sql.ResultSet row) throws SQLException {
      return new Outcome(row.getLong(1), row.getString(2), row.getString(3));
    }

    @Nullable Boolean of(String batch, long then) {
      if (epoch == then) {
        return batch.equals(owner);
      }
      return epoch == then + 1 ? batch.equals(fenced) : null;
    }
  }
}
