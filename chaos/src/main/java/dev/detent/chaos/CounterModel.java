// SPDX-License-Identifier: Apache-2.0
package dev.detent.chaos;

import dev.detent.testkit.Model;
import org.jspecify.annotations.Nullable;

/// Says what a counter does: each move makes the next version and keeps the mover's name. It has
/// two states, even and odd; `up` is allowed in even only, `down` in odd only, `next` in both.
final class CounterModel
    implements Model<CounterModel.Count, CounterModel.Asked, CounterModel.Seen> {
  static final String DEFINITION =
      """
      {"id":"counter","initial":"even","states":{
        "even":{"on":{"next":"odd","up":"odd"}},
        "odd":{"on":{"next":"even","down":"even"}}}}
      """;

  /// Is a counter's state.
  ///
  /// @param version how often it moved
  /// @param name the last mover; empty before the first
  record Count(long version, String name) {
    boolean odd() {
      return version % 2 == 1;
    }
  }

  /// Says what can be asked.
  enum Kind {
    READ,
    NEXT,
    UP,
    DOWN
  }

  /// Is something asked.
  ///
  /// @param kind what
  /// @param name names the mover, unique
  /// @param expected the only version to move from, or -1 for any
  record Asked(Kind kind, String name, long expected) {
    static final long ANY = -1;

    @Override
    public String toString() {
      return kind + (expected == ANY ? " " : " from " + expected + " ") + name;
    }
  }

  /// Is what an answer shows.
  sealed interface Seen {
    /// Shows the count after a move, or at a read.
    record At(long version, String name) implements Seen {}

    /// Shows that the state did not allow it.
    record NotAllowed(String state) implements Seen {}

    /// Shows that the version was another one.
    record OtherVersion() implements Seen {}
  }

  @Override
  public Count initial() {
    return new Count(0, "");
  }

  @Override
  public @Nullable Count next(Count count, Asked asked, @Nullable Seen seen) {
    Count after = after(count, asked);
    Seen right = right(count, after, asked);
    return seen == null || seen.equals(right) ? after : null;
  }

  private static Count after(Count count, Asked asked) {
    boolean moves = matches(count, asked) && allows(count, asked.kind());
    return moves ? new Count(count.version() + 1, asked.name()) : count;
  }

  private static Seen right(Count count, Count after, Asked asked) {
    if (!matches(count, asked)) {
      return new Seen.OtherVersion();
    }
    return after.equals(count) && asked.kind() != Kind.READ
        ? new Seen.NotAllowed(count.odd() ? "odd" : "even")
        : new Seen.At(after.version(), after.name());
  }

  private static boolean matches(Count count, Asked asked) {
    return asked.expected() == Asked.ANY || asked.expected() == count.version();
  }

  private static boolean allows(Count count, Kind kind) {
    return switch (kind) {
      case READ -> false;
      case NEXT -> true;
      case UP -> !count.odd();
      case DOWN -> count.odd();
    };
  }
}
