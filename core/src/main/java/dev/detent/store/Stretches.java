// SPDX-License-Identifier: Apache-2.0
package dev.detent.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Keeps the stretches of the lasting order of all events.
///
/// **Guarantees**: only the last one changes, and it only grows; whatever process asks, all see the
/// same stretches.
///
/// **Threads**: safe for any number of threads.
///
/// **Errors**: every method throws [StoreException]. UNKNOWN: look at the last one.
public interface Stretches {
  /// Returns the last one, or null before the first.
  @Nullable Stretch last();

  /// Returns the last one that begins at a time or before, and the one before that, if there are.
  ///
  /// @param at milliseconds since 1970 UTC
  List<Stretch> until(long at);

  /// Returns the first one that begins at a time or after, and the one after that, if there are.
  ///
  /// @param at milliseconds since 1970 UTC
  List<Stretch> from(long at);

  /// Lets the last one grow.
  ///
  /// @param last the last one as it was seen
  /// @param longer the same with a later end
  /// @return false if it is another one by now: nothing is written
  boolean extend(Stretch last, Stretch longer);

  /// Begins the next one.
  ///
  /// @param last the last one as it was seen, or null for none
  /// @param next what follows it
  /// @return false if it is another one by now: nothing is written
  boolean follow(@Nullable Stretch last, Stretch next);

  /// Forgets one whose events are all dropped.
  void drop(Stretch oldest);
}
