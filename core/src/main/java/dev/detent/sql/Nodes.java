// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.store.Membership;
import dev.detent.store.NodeRow;
import dev.detent.store.PartitionRow;
import dev.detent.store.StoreException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Divides the partitions among the nodes that are alive.
///
/// Partition rows are locked in ascending order, and before anything else.
///
/// **Threads**: safe for any number of threads.
final class Nodes {
  /// What PostgreSQL calls a lock that was waited for too long.
  private static final String LOCK_TIMEOUT = "55P03";

  /// What MariaDB calls it.
  private static final int LOCK_WAIT_TIMEOUT = 1205;

  private final Transactions transactions;
  private final Binding binding;
  private final InstantSource clock;

  Nodes(Transactions transactions, Binding binding, InstantSource clock) {
    this.transactions = transactions;
    this.binding = binding;
    this.clock = clock;
  }

  /// Takes those partitions that have no living owner. One whose row stays locked for longer than a
  /// statement may wait does not keep the others from being taken.
  List<PartitionRow> acquire(String owner, Collection<Integer> partitions) {
    if (partitions.isEmpty()) {
      return List.of();
    }
    try {
      return acquire(owner, partitions, "partition-lock-free");
    } catch (StoreException e) {
      if (e.getCause() instanceof SQLException cause && isLockTimeout(cause)) {
        return acquire(owner, partitions, "partition-lock-idle");
      }
      throw e;
    }
  }

  private static boolean isLockTimeout(SQLException error) {
    return LOCK_TIMEOUT.equals(error.getSQLState()) || error.getErrorCode() == LOCK_WAIT_TIMEOUT;
  }

  void release(Collection<PartitionRow> rows) {
    if (rows.isEmpty()) {
      return;
    }
    String partitions = text(rows.stream().map(PartitionRow::partition).toList());
    var change = new Change<>("partition-release", Shapes.RELEASE, List.copyOf(rows), false);
    transactions.write(
        "release",
        session -> {
          session.run("transaction");
          session.list("partition-lock-some", row -> row.getInt(1), partitions);
          return binding.apply(session, "transaction", List.of(change));
        });
  }

  Membership heartbeat(NodeRow node, long leaseMs) {
    return transactions.write(
        "heartbeat",
        session -> {
          session.run("transaction");
          long now = now(session);
          session.update(
              "node-write", node.id(), node.address(), now, now + leaseMs, node.machines());
          return membership(session, now);
        });
  }

  void forget(Collection<String> nodes) {
    transactions.write(
        "forget",
        session -> {
          session.run("transaction");
          for (String node : new TreeSet<>(nodes)) {
            session.update("node-delete", node);
          }
          return true;
        });
  }

  private List<PartitionRow> acquire(String owner, Collection<Integer> partitions, String lock) {
    return transactions.write(
        "acquire",
        session -> {
          session.run("transaction");
          long now = now(session);
          List<Integer> free =
              session.list(lock, row -> row.getInt(1), text(partitions), owner, now);
          session.update("partition-acquire", text(free), owner, now);
          return session.list("partition-rows-of", Rows::partition, text(free), owner);
        });
  }

  private static Membership membership(Session session, long now) throws SQLException {
    var nodes = new ArrayList<NodeRow>();
    var partitions = new ArrayList<PartitionRow>();
    session.list("membership", row -> add(row, nodes, partitions));
    return new Membership(now, nodes, partitions);
  }

  private static boolean add(ResultSet row, List<NodeRow> nodes, List<PartitionRow> partitions)
      throws SQLException {
    return row.getInt(1) == 0
        ? nodes.add(Rows.node(row))
        : partitions.add(
            new PartitionRow(
                row.getInt(2), row.getString(3), row.getLong(5), row.getLong(6), row.getLong(7)));
  }

  /// Asks the server itself where there is one: an estimate might be behind.
  private long now(Session session) throws SQLException {
    return now(session, clock);
  }

  /// Returns the time of a clock, asking the server itself where there is one.
  static long now(Session session, InstantSource clock) throws SQLException {
    return clock instanceof ServerClock server ? server.ask(session) : clock.millis();
  }

  /// Returns partitions as the SQL takes them.
  static String text(Collection<Integer> partitions) {
    return partitions.stream().sorted().map(String::valueOf).collect(Collectors.joining(","));
  }
}
