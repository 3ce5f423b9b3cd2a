// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.Offset;
import dev.detent.store.ConsumerRow;
import dev.detent.store.ConsumerSql;
import dev.detent.store.Consuming;
import dev.detent.store.CursorLag;
import dev.detent.store.CursorRow;
import dev.detent.store.Cursors;
import dev.detent.store.DeadLetterRow;
import dev.detent.store.StoreException;
import dev.detent.store.Stretches;
import dev.detent.store.WorkerRow;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Keeps the places of consumers in tables.
///
/// Cursor rows of a consumer are locked in ascending order of partitions; a transaction that moves
/// one locks only that, and last.
///
/// **Threads**: safe for any number of threads.
final class SqlCursors implements Cursors {
  private static final Offset BEFORE_ALL = new Offset(-1, 0);
  private static final Comparator<Offset> PLACES =
      Comparator.comparingInt(Offset::partition).thenComparingLong(Offset::offset);

  private final Transactions transactions;
  private final InstantSource clock;
  private final Drop drop;
  private final SqlStretches stretches;

  SqlCursors(Transactions transactions, InstantSource clock) {
    this.transactions = transactions;
    this.clock = clock;
    this.drop = new Drop(transactions);
    this.stretches = new SqlStretches(transactions);
  }

  @Override
  public boolean open(ConsumerRow consumer, Map<Integer, Long> offsets) {
    return write(
        "open " + consumer.name(),
        session -> {
          long now = now(session);
          String name = consumer.name();
          boolean isNew =
              session.update("consumer-insert", name, consumer.machines(), consumer.states(), now)
                  == 1;
          if (isNew) {
            for (Map.Entry<Integer, Long> start : new TreeMap<>(offsets).entrySet()) {
              session.update("cursor-insert", name, start.getKey(), start.getValue(), now);
            }
            if (consumer.paused()) {
              session.update("consumer-pause", name);
            }
          } else {
            session.update("consumer-want", consumer.machines(), consumer.states(), name);
          }
          return isNew;
        });
  }

  @Override
  public boolean remove(String consumer) {
    return write(
        "remove " + consumer,
        session -> {
          session.list("cursor-lock", row -> row.getInt(1), consumer);
          session.update("cursor-delete", consumer);
          session.update("letter-delete-all", consumer);
          return session.update("consumer-delete", consumer) > 0;
        });
  }

  @Override
  public void beat(WorkerRow worker, long leaseMs) {
    String names = String.join(",", new TreeSet<>(worker.consumers()));
    write(
        "heartbeat",
        session -> {
          long now = now(session);
          return session.update("worker-write", worker.id(), names, now, now + leaseMs);
        });
  }

  @Override
  public void forget(Collection<String> workers) {
    write(
        "forget",
        session -> {
          for (String worker : new TreeSet<>(workers)) {
            session.update("worker-delete", worker);
          }
          return true;
        });
  }

  /// Forgets all workers: whoever else had the store is gone.
  void forgetAll() {
    write("forget", session -> session.update("worker-clear"));
  }

  @Override
  public Consuming look(Collection<String> consumers) {
    String names = String.join(",", consumers);
    return transactions.read(
        "look",
        session -> {
          long now = now(session);
          return new Consuming(
              now,
              session.list("worker-rows", CursorRows::worker),
              session.list("consumer-rows-of", CursorRows::consumer, names).stream()
                  .collect(Collectors.toMap(ConsumerRow::name, Function.identity())),
              session.list("cursor-rows-of", CursorRows::cursor, names),
              wanted(session, names));
        });
  }

  private static Map<String, Set<Offset>> wanted(Session session, String names)
      throws SQLException {
    var wanted = new HashMap<String, Set<Offset>>();
    session.list(
        "letter-wanted",
        row ->
            wanted
                .computeIfAbsent(row.getString(1), _ -> new TreeSet<>(PLACES))
                .add(new Offset(row.getInt(2), row.getLong(3))),
        names);
    return wanted;
  }

  @Override
  public List<CursorRow> acquire(String consumer, String worker, Collection<Integer> partitions) {
    return write(
        "acquire " + consumer,
        session -> {
          session.list("cursor-lock", row -> row.getInt(1), consumer);
          long now = now(session);
          session.update("cursor-acquire", worker, consumer, Nodes.text(partitions), worker, now);
          return session.list("cursor-rows-owned", CursorRows::cursor, consumer, worker).stream()
              .filter(row -> partitions.contains(row.partition()))
              .toList();
        });
  }

  @Override
  public void release(Collection<CursorRow> held) {
    write(
        "release",
        session -> {
          for (CursorRow row : held) {
            session.update(
                "cursor-release", row.consumer(), row.partition(), owner(row), row.epoch());
          }
          return true;
        });
  }

  @Override
  public @Nullable CursorRow cursor(String consumer, int partition) {
    return first(
        transactions.read(
            "cursor",
            session -> session.list("cursor-row", CursorRows::cursor, consumer, partition)));
  }

  @Override
  public void advance(CursorRow held, LongSupplier offset, ConsumerSql work) throws Exception {
    transact("consume", held, work, session -> moved(session, held, offset.getAsLong()));
  }

  private boolean moved(Session session, CursorRow held, long offset) throws SQLException {
    return session.update(
            "cursor-advance",
            offset,
            clock.millis(),
            held.consumer(),
            held.partition(),
            owner(held),
            held.epoch(),
            held.offset())
        == 1;
  }

  @Override
  public void fail(CursorRow failed, boolean stops) {
    String name = stops ? "cursor-stop" : "cursor-fail";
    write(
        "fail " + failed.consumer(),
        new CursorTransaction(
            transactions,
            failed,
            ConsumerSql.NONE,
            session ->
                session.update(
                        name,
                        failed.attempt(),
                        Objects.requireNonNull(failed.trouble()),
                        failed.consumer(),
                        failed.partition(),
                        owner(failed),
                        failed.epoch(),
                        failed.offset())
                    == 1));
  }

  @Override
  public void bury(CursorRow held, DeadLetterRow letter) {
    write(
        "bury",
        new CursorTransaction(
            transactions,
            held,
            ConsumerSql.NONE,
            session ->
                moved(session, held, letter.offset().offset()) && inserted(session, letter)));
  }

  private static boolean inserted(Session session, DeadLetterRow letter) throws SQLException {
    return session.update(
            "letter-insert",
            letter.consumer(),
            letter.offset().partition(),
            letter.offset().offset(),
            letter.key().machine(),
            letter.key().key(),
            letter.event(),
            letter.attempt(),
            letter.problem(),
            letter.at())
        > 0; // a row that was there already counts as two on MariaDB
  }

  @Override
  public boolean pause(String consumer, boolean paused) {
    return write(
        (paused ? "pause " : "resume ") + consumer,
        session -> {
          session.list("cursor-lock", row -> row.getInt(1), consumer);
          session.update(paused ? "cursor-free" : "cursor-restart", consumer);
          return session.update(paused ? "consumer-pause" : "consumer-resume", consumer) == 1;
        });
  }

  @Override
  public boolean reset(String consumer, Map<Integer, Long> offsets) {
    return write(
        "reset " + consumer,
        session -> {
          int known = session.list("cursor-lock", row -> row.getInt(1), consumer).size();
          long now = now(session);
          for (Map.Entry<Integer, Long> to : new TreeMap<>(offsets).entrySet()) {
            session.update("cursor-reset", to.getValue(), now, consumer, to.getKey());
          }
          return known > 0;
        });
  }

  @Override
  public List<ConsumerRow> consumers() {
    return list("consumer-rows", CursorRows::consumer);
  }

  @Override
  public List<CursorLag> lags(@Nullable String consumer) {
    return list("cursor-lags", CursorRows::lag, consumer == null ? "" : consumer);
  }

  @Override
  public List<DeadLetterRow> letters(String consumer, @Nullable Offset after, int limit) {
    Offset above = after == null ? BEFORE_ALL : after;
    return list(
        "letter-page", CursorRows::letter, consumer, above.partition(), above.offset(), limit);
  }

  @Override
  public @Nullable DeadLetterRow letter(String consumer, Offset offset) {
    return first(
        list("letter-row", CursorRows::letter, consumer, offset.partition(), offset.offset()));
  }

  @Override
  public Map<String, Long> letterCounts() {
    var counts = new LinkedHashMap<String, Long>();
    list("letter-counts", row -> counts.put(row.getString(1), row.getLong(2)));
    return counts;
  }

  @Override
  public boolean want(String consumer, Offset offset) {
    return changed("letter-want", consumer, offset);
  }

  @Override
  public boolean discard(String consumer, Offset offset) {
    return changed("letter-delete", consumer, offset);
  }

  private boolean changed(String name, String consumer, Offset offset) {
    return write(
        name, session -> session.update(name, consumer, offset.partition(), offset.offset()) == 1);
  }

  @Override
  public void revive(CursorRow held, DeadLetterRow letter, ConsumerSql work) throws Exception {
    transact(
        "revive",
        held,
        work,
        session ->
            mine(session, held)
                && session.update(
                        "letter-delete",
                        letter.consumer(),
                        letter.offset().partition(),
                        letter.offset().offset())
                    == 1);
  }

  @Override
  public void buryAgain(CursorRow held, DeadLetterRow letter) {
    write(
        "bury",
        new CursorTransaction(
            transactions,
            held,
            ConsumerSql.NONE,
            session ->
                mine(session, held)
                    && session.update(
                            "letter-again",
                            letter.attempt(),
                            letter.problem(),
                            letter.at(),
                            letter.consumer(),
                            letter.offset().partition(),
                            letter.offset().offset())
                        == 1));
  }

  private static boolean mine(Session session, CursorRow held) throws SQLException {
    return session.update(
            "cursor-check", held.consumer(), held.partition(), owner(held), held.epoch())
        == 1;
  }

  @Override
  public Stretches stretches() {
    return stretches;
  }

  @Override
  public int drop(int partition, long before, int limit) {
    return drop.drop(partition, before, limit);
  }

  private void transact(String what, CursorRow held, ConsumerSql work, CursorTransaction.Mark mark)
      throws Exception {
    try {
      transactions.write(
          what + " of " + held.consumer(), new CursorTransaction(transactions, held, work, mark));
    } catch (Undone e) {
      throw (Exception) Objects.requireNonNull(e.getCause());
    }
  }

  private <T> T write(String what, Work<T> work) {
    return transactions.write(
        what,
        session -> {
          session.run("transaction");
          return work.run(session);
        });
  }

  private <T> List<T> list(String name, RowReader<T> reader, Object... parameters) {
    return transactions.read("consumers", session -> session.list(name, reader, parameters));
  }

  private static <T> @Nullable T first(List<T> rows) {
    return rows.isEmpty() ? null : rows.getFirst();
  }

  private static String owner(CursorRow held) {
    String owner = held.owner();
    if (owner == null) {
      throw new StoreException(
          StoreException.Kind.FENCED,
          "cursor of %s in partition %d: expected an owner, got none; acquire it"
              .formatted(held.consumer(), held.partition()),
          null);
    }
    return owner;
  }

  private long now(Session session) throws SQLException {
    return Nodes.now(session, clock);
  }
}
