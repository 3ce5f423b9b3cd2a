// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.store.Batch;
import dev.detent.store.Claim;
import dev.detent.store.PartitionRow;
import dev.detent.store.StoreException.Kind;

/// Holds a partition for a simulated lane, but not for ever: a database ends what stands still.
final class SimulatedClaim implements Claim {
  private static final int IDLE_MS_MAX = 400;

  private final Simulation simulation;
  private final PartitionRow row;
  private boolean broken;
  private boolean over;

  private SimulatedClaim(Simulation simulation, PartitionRow row) {
    this.simulation = simulation;
    this.row = row;
  }

  /// Takes a lock that is free.
  static SimulatedClaim take(Simulation simulation, int partition) {
    simulation.store.settle(partition);
    var claim = new SimulatedClaim(simulation, simulation.store.rows().get(partition));
    Violation.unless(simulation.locks.take(partition, claim), "a free lock", partition);
    simulation.schedule.after(
        IDLE_MS_MAX,
        () -> {
          claim.broken = true;
          simulation.locks.release(claim);
        });
    return claim;
  }

  @Override
  public PartitionRow row() {
    return row;
  }

  @Override
  public void commit(Batch batch) {
    if (broken) {
      close();
      throw Faults.failure(Kind.UNAVAILABLE);
    }
    simulation.locks.require(batch, this);
    close();
  }

  @Override
  public boolean over() {
    return over;
  }

  @Override
  public void close() {
    over = true;
    simulation.locks.release(this);
  }
}
