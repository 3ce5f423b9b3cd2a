// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.Key;
import dev.detent.store.Batch;
import dev.detent.store.Claim;
import dev.detent.store.Cursors;
import dev.detent.store.EventRow;
import dev.detent.store.InstanceRow;
import dev.detent.store.InvocationRow;
import dev.detent.store.Joined;
import dev.detent.store.Joining;
import dev.detent.store.MachineRow;
import dev.detent.store.MappedTable;
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
import java.sql.Connection;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// Keeps everything in tables of a SQL database: SQLite for one process, PostgreSQL or MariaDB for
/// many.
///
/// **Guarantees**: those of [Store]; commits are synced to disk (on a server unless its own
/// settings forbid that: PostgreSQL's `synchronous_commit` and `fsync`, MariaDB's
/// `innodb_flush_log_at_trx_commit` and `sync_binlog`). It heals by itself when the database is
/// back.
///
/// **Threads**: safe for any number of threads. On SQLite writes wait for each other, and for all
/// of a [#transact] or a [#transaction]; one that is made within it on the same thread is an
/// [IllegalStateException].
///
/// **Limits**: text with the character U+0000 is refused as REJECTED. On a server a [#transact] or
/// a [#transaction] must not stand still between two statements for longer than two fifths of the
/// lease. On SQLite a connection that joins in locks the file without waiting its turn; whoever
/// wants to write meanwhile is refused after 5 s. On MariaDB a document must fit
/// `max_allowed_packet`.
public final class SqlStore implements Store {
  private static final int TAILS_MAX = 20_000;
  private static final long FIRST = Long.MIN_VALUE;

  private final Sessions sessions;
  private final Transactions transactions;
  private final Binding binding;
  private final Tails tails;
  private final Nodes nodes;
  private final SqlCursors cursors;
  private final Mappings mappings;
  private final InstantSource clock;
  private final int partitions;
  private volatile boolean alone;

  private SqlStore(Builder builder, Sessions sessions, Binding binding) {
    this.sessions = sessions;
    this.alone = exclusive();
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
    this.mappings = new Mappings(partitions, builder.dialect.spelling(), binding);
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
    var server = new PostgresServer();
    return new Builder(
        Dialect.POSTGRESQL, statements -> ServerSessions.open(server, source, statements));
  }

  /// Begins a store in the tables `detent_…` of a MariaDB database, version 10.6 or newer: the one
  /// that the source's connections use.
  ///
  /// The same holds for the source as for PostgreSQL's. Each writing transaction sets limits, a
  /// strict `sql_mode` and READ COMMITTED for its session, and puts them back. What `COMMIT` is
  /// worth is the server's own setting: a warning is logged where a power cut could lose commits.
  /// MySQL is refused: it was not tried, and lacks some of the limits.
  ///
  /// @param source where connections come from; it stays open when the store is closed
  public static Builder mariadb(DataSource source) {
    var server = new MariadbServer();
    return new Builder(
        Dialect.MARIADB, statements -> ServerSessions.open(server, source, statements));
  }

  /// Returns the names of the dialects: `sqlite`, `postgresql`, `mariadb`.
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

  /// Returns the script that makes a table for a mapping.
  ///
  /// @param dialect one of [#dialects]
  /// @param table the mapping, as [dev.detent.store.MappedTable]
  /// @throws IllegalArgumentException if there is no such dialect
  public static String ddl(String dialect, MappedTable table) {
    return new TableScript(table, Dialect.of(dialect).spelling()).write();
  }

  @Override
  public void map(Collection<MappedTable> tables) {
    mappings.map(tables, transactions);
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
  public boolean alone() {
    return alone;
  }

  @Override
  public String secret() {
    return list("secret", "meta-value", row -> row.getString(1), "secret").getFirst();
  }

  /// Returns the time of the store's clock. On SQLite that is the builder's; else it is an estimate
  /// of the server's, corrected by [#ping], [#acquire] and [#heartbeat], and never blocks.
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
    var commit = new Commit(batch, binding, tails, mappings);
    try {
      transactions.write("commit " + batch.id(), commit);
      commit.committed();
    } catch (StoreException e) {
      tails.forget();
      throw e;
    }
  }

  @Override
  public @Nullable Claim claim(int partition) {
    return exclusive() ? null : RowClaim.wait(partition, transactions, binding, mappings);
  }

  @Override
  public @Nullable Boolean isCommitted(Batch batch) {
    return transactions.write("outcome of " + batch.id(), session -> Outcome.of(session, batch));
  }

  @Override
  public List<InstanceRow> instances(Collection<Key> keys) {
    return keys.isEmpty()
        ? List.of()
        : transactions.read("instances", session -> mappings.instances(session, keys));
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
  public Joined join(Connection connection) {
    shared();
    Session session = transactions.join(connection);
    return joined(session, true);
  }

  @Override
  public <T extends @Nullable Object> T transaction(Joining<T> work) throws Exception {
    shared();
    try {
      var lent = new LentTransaction<>(work, session -> joined(session, false));
      return transactions.write("transaction", lent);
    } catch (Undone e) {
      throw (Exception) Objects.requireNonNull(e.getCause());
    }
  }

  private Joined joined(Session session, boolean lent) {
    return new JoinedSession(sessions, binding, mappings, session, lent);
  }

  private void shared() {
    if (alone) {
      alone = false;
      tails.end();
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
    var page = new Mappings.Page(state, after, limit);
    return transactions.read("list", session -> mappings.list(session, machine, page));
  }

  @Override
  public Map<String, Long> counts(String machine) {
    return transactions.read("counts", session -> Redefinition.counts(session, mappings, machine));
  }

  @Override
  public List<MachineRow> machines() {
    return list("machines", "machine-rows", Rows::machine);
  }

  @Override
  public List<Stranded> define(MachineRow machine, Collection<String> states) {
    return transactions.write(
        "define " + machine.name(), new Redefinition(machine, states, mappings));
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
    /// @param count 1 to 1,024. Defaults to 8 on SQLite, 64 on a server
    public Builder partitions(int count) {
      if (count < 1 || count > PARTITIONS_MAX) {
        throw new IllegalArgumentException(
            "partitions: expected 1 to " + PARTITIONS_MAX + ", got " + count + "; choose one");
      }
      partitions = count;
      return this;
    }

    /// Says where the time comes from on SQLite. A server always tells its own. A [MovableClock]
    /// wakes the engine when it is moved.
    ///
    /// @param source the clock. Defaults to the system's
    public Builder clock(InstantSource source) {
      clock = source;
      return this;
    }

    /// Says for how long nodes count as alive after their last sign of life, since no process that
    /// was stopped in the middle of a transaction may hold its rows for as long. So a transaction
    /// on a server may wait two fifths of that for its client, a fifth for a lock, and run one and
    /// a half for one statement; of a handler's own `transact` only the first holds. MariaDB counts
    /// the first two in whole seconds, from one on.
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
      Binding binding = dialect.binding(statements);
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
}
