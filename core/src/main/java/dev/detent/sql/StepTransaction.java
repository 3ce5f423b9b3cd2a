// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.store.InvocationRow;
import dev.detent.store.StepRow;
import dev.detent.store.StoreException;
import dev.detent.store.StoreException.Kind;
import dev.detent.store.Transact;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Runs the user's SQL and records a step in one transaction.
///
/// The user's SQL comes first, so that the owner of the partition waits for it at no time. Then
/// come the partition's row and the invocation's, locked in the order of every commit: nobody can
/// change the invocation any more until the step is in.
final class StepTransaction implements Work<StepRow> {
  private final Binding binding;
  private final InvocationRow invocation;
  private final long epoch;
  private final String position;
  private final Transact work;
  private @Nullable StepRow recorded;

  StepTransaction(
      Binding binding, InvocationRow invocation, long epoch, String position, Transact work) {
    this.binding = binding;
    this.invocation = invocation;
    this.epoch = epoch;
    this.position = position;
    this.work = work;
  }

  /// Returns the step that was there already; this transaction is undone then.
  @Nullable StepRow recorded() {
    return recorded;
  }

  @Override
  public StepRow run(Session session) throws SQLException {
    session.run("patience");
    session.run("transact-begin");
    StepRow step = work(session);
    end(session);
    session.run("transaction");
    requireOwner(session);
    requireRunning(session);
    var change = new Change<>("step-record", Shapes.STEP, List.of(step), false);
    if (binding.apply(session, "transaction", List.of(change))[0] == 0) {
      recorded =
          session
              .list("step-row", Rows::step, step.invocation(), step.life(), step.position())
              .getFirst();
      throw new Undone(new IllegalStateException("recorded already"));
    }
    return step;
  }

  private StepRow work(Session session) {
    try (var lent = new LentConnection(session.connection())) {
      StepRow step = work.run(lent.proxy());
      requireSame(step);
      return step;
    } catch (Exception e) {
      throw new Undone(e);
    }
  }

  private void requireSame(StepRow step) {
    boolean same =
        step.invocation().equals(invocation.id())
            && step.life() == invocation.run().life()
            && step.position().equals(position)
            && step.partition() == invocation.partition();
    if (!same) {
      throw new IllegalArgumentException(
          "transact: expected entry %s of %s, got %s of %s"
              .formatted(position, invocation.id(), step.position(), step.invocation()));
    }
  }

  /// Finds out whether the transaction is still the one that was begun, and whole.
  static void end(Session session) {
    try {
      session.run("transact-end");
    } catch (SQLException e) {
      throw new Undone(
          new IllegalStateException(
              "transaction: expected one that is open and whole, got '%s'; leave its end to"
                      .formatted(e.getMessage())
                  + " Detent, and throw when a statement fails",
              e));
    }
  }

  private void requireOwner(Session session) throws SQLException {
    List<Long> epochs =
        session.list("transact-fence", row -> row.getLong(1), invocation.partition());
    require(epochs.equals(List.of(epoch)), "epoch " + epoch, epochs);
  }

  private void requireRunning(Session session) throws SQLException {
    String running = "running in life " + invocation.run().life();
    List<String> found =
        session.list(
            "transact-invocation",
            row -> row.getString(1) + " in life " + row.getInt(2),
            invocation.id());
    require(Objects.equals(found, List.of(running)), running, found);
  }

  private void require(boolean holds, String expected, Object got) {
    if (!holds) {
      throw new StoreException(
          Kind.FENCED,
          "transact %s of %s: expected %s, got %s; nothing was written"
              .formatted(position, invocation.id(), expected, got),
          null);
    }
  }
}
