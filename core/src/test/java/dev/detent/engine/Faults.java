// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.store.StoreException;
import dev.detent.store.StoreException.Kind;

/// Decides which calls to the store fail in a simulated run, and how.
final class Faults {
  private final Schedule schedule;
  private final double rate;
  private boolean calm;
  private long downUntil;

  Faults(Schedule schedule) {
    this.schedule = schedule;
    this.rate = schedule.chance(0.2) ? 0 : schedule.random.nextDouble() * 0.15;
  }

  boolean calm() {
    return calm;
  }

  /// Ends all faults.
  void calm(boolean value) {
    calm = value;
    downUntil = 0;
  }

  /// Takes the store down for a while.
  void down(long ms) {
    downUntil = schedule.time() + ms;
    schedule.trace(() -> "store down for " + ms);
  }

  /// Fails a read, perhaps.
  void read() {
    if (down() || strikes(rate)) {
      throw failure(Kind.UNAVAILABLE);
    }
  }

  /// Fails a commit before COMMIT, perhaps.
  void commit() {
    if (strikes(rate) || (down() && schedule.chance(0.9))) {
      throw failure(Kind.UNAVAILABLE);
    }
  }

  /// Tells whether the connection is lost in COMMIT.
  boolean cut() {
    return down() || strikes(rate);
  }

  /// Fails to find out what became of a commit, perhaps.
  void resolve() {
    if (down() || strikes(3 * rate)) {
      throw failure(Kind.UNAVAILABLE);
    }
  }

  boolean strikes(double probability) {
    return !calm && schedule.chance(probability);
  }

  static StoreException failure(Kind kind) {
    return new StoreException(kind, "simulated " + kind, null);
  }

  private boolean down() {
    return !calm && schedule.time() < downUntil;
  }
}
