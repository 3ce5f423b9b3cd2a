// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;

/// Measures how fast plain JDBC moves states on one connection: one row updated and one event
/// inserted for each transition, so many in each commit.
final class RawJdbc implements Case, AutoCloseable {
  private static final String INSTANCE_TABLE =
      """
      create table raw_instance (
        instance_key text not null primary key,
        state text not null,
        data text not null,
        version bigint not null,
        updated_at bigint not null
      )\
      """;
  private static final String EVENT_TABLE =
      """
      create table raw_event (
        event_offset integer not null primary key,
        instance_key text not null,
        version bigint not null,
        command text not null,
        from_state text not null,
        to_state text not null,
        input text not null,
        occurred_at bigint not null
      )\
      """;
  private static final String CREATE = "insert into raw_instance values (?, 'a', '{}', 0, 0)";
  private static final String UPDATE =
      """
      update raw_instance set state = ?, data = ?, version = ?, updated_at = ?
      where instance_key = ?\
      """;
  private static final String INSERT =
      """
      insert into raw_event (event_offset, instance_key, version, command, from_state, to_state,
        input, occurred_at)
      values (?, ?, ?, ?, ?, ?, ?, ?)\
      """;

  private final String name;
  private final int transitionsPerCommit;
  private final Connection connection;
  private final PreparedStatement update;
  private final PreparedStatement insert;
  private final List<String> keys = Keys.all();
  private long moves;

  private RawJdbc(String name, int transitionsPerCommit, Connection connection)
      throws SQLException {
    this.name = name;
    this.transitionsPerCommit = transitionsPerCommit;
    this.connection = connection;
    this.update = connection.prepareStatement(UPDATE);
    this.insert = connection.prepareStatement(INSERT);
  }

  /// Makes the tables and all instances.
  static RawJdbc open(String name, Database database, int transitionsPerCommit)
      throws SQLException {
    Connection connection = database.connect("raw_" + transitionsPerCommit);
    try (Statement statement = connection.createStatement()) {
      // As in the engine's tables: room for a new version of the row beside the old one.
      String room = database.dialect().equals("postgresql") ? " with (fillfactor = 70)" : "";
      statement.execute(INSTANCE_TABLE + room);
      statement.execute(EVENT_TABLE);
      connection.setAutoCommit(false);
      create(connection);
      statement.execute("analyze");
      connection.commit();
    }
    return new RawJdbc(name, transitionsPerCommit, connection);
  }

  private static void create(Connection connection) throws SQLException {
    try (PreparedStatement instance = connection.prepareStatement(CREATE)) {
      for (String key : Keys.all()) {
        instance.setString(1, key);
        instance.addBatch();
      }
      instance.executeBatch();
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Run run(Duration length) throws SQLException {
    var latencies = new Samples();
    long before = moves;
    long start = System.nanoTime();
    long now = start;
    while (now - start < length.toNanos()) {
      long began = now;
      commit();
      now = System.nanoTime();
      latencies.add(now - began);
    }
    return Run.of(moves - before, now - start, latencies);
  }

  private void commit() throws SQLException {
    long at = System.currentTimeMillis();
    for (int i = 0; i < transitionsPerCommit; i++) {
      bind(moves++, at);
      if (transitionsPerCommit > 1) {
        update.addBatch();
        insert.addBatch();
      }
    }
    if (transitionsPerCommit > 1) {
      update.executeBatch();
      insert.executeBatch();
    } else {
      update.executeUpdate();
      insert.executeUpdate();
    }
    connection.commit();
  }

  private void bind(long move, long at) throws SQLException {
    String key = keys.get((int) (move % Keys.COUNT));
    long version = move / Keys.COUNT + 1;
    String from = version % 2 == 1 ? "a" : "b";
    String to = version % 2 == 1 ? "b" : "a";
    update.setString(1, to);
    update.setString(2, "{}");
    update.setLong(3, version);
    update.setLong(4, at);
    update.setString(5, key);
    insert.setInt(1, Math.toIntExact(move + 1));
    insert.setString(2, key);
    insert.setLong(3, version);
    insert.setString(4, "flip");
    insert.setString(5, from);
    insert.setString(6, to);
    insert.setString(7, "null");
    insert.setLong(8, at);
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
