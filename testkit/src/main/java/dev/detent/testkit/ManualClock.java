// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import dev.detent.store.MovableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// Stands still until a test moves it, so that a timeout of thirty days takes no time.
///
/// ```java
/// ManualClock clock = ManualClock.at(Instant.parse("2026-01-01T00:00:00Z"));
/// Store store = SqlStore.sqlite(file).clock(clock).open();
/// Engine engine = Engine.builder(store).machine(machine).start();
/// // … a command that enters a state with @After("P30D") …
/// clock.advance(Duration.ofDays(30));
/// ```
///
/// The engine looks at the clock as soon as it was moved: what is due then happens at once, but on
/// the engine's own threads, so a test waits for what it expects (an event, an observer's call).
///
/// **Guarantees**: it goes back only by [#setBack].
///
/// **Threads**: safe for any number of threads.
public final class ManualClock implements MovableClock {
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile Instant now;

  private ManualClock(Instant now) {
    this.now = now;
  }

  /// Returns a clock that shows a time.
  public static ManualClock at(Instant time) {
    return new ManualClock(time);
  }

  @Override
  public Instant instant() {
    return now;
  }

  /// Moves the clock forth.
  ///
  /// @param by how far, zero or more
  /// @throws IllegalArgumentException if it is negative
  public void advance(Duration by) {
    if (by.isNegative()) {
      throw new IllegalArgumentException(
          "advance: expected zero or more, got " + by + "; use setBack to go back");
    }
    synchronized (this) {
      now = now.plus(by);
    }
    tell();
  }

  /// Sets the clock forth to a time.
  ///
  /// @param time the time, not before the one that it shows
  /// @throws IllegalArgumentException if it is before
  public void set(Instant time) {
    synchronized (this) {
      if (time.isBefore(now)) {
        throw new IllegalArgumentException(
            "set: expected " + now + " or later, got " + time + "; use setBack to go back");
      }
      now = time;
    }
    tell();
  }

  /// Sets the clock to any time, also back, as an operator or a bad time server may.
  ///
  /// @param time the time
  public void setBack(Instant time) {
    synchronized (this) {
      now = time;
    }
    tell();
  }

  @Override
  public void whenMoved(Runnable moved) {
    listeners.add(moved);
  }

  /// Returns the time that it shows.
  @Override
  public String toString() {
    return now.toString();
  }

  private void tell() {
    listeners.forEach(Runnable::run);
  }
}
