// SPDX-License-Identifier: Apache-2.0
package dev.detent.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Says which columns belong to a state, and turns what an instance holds there into their values.
///
/// **Threads**: safe for any number of threads.
public interface MappedState {
  /// Returns the columns, in the order of the values.
  List<MappedColumn> columns();

  /// Returns the values of the columns.
  ///
  /// @param data what an instance holds in this state, a JSON object
  /// @throws dev.detent.DetentException if it is not what the state holds
  @Nullable Object[] split(String data);

  /// Returns what an instance holds, a JSON object. What somebody else wrote and does not fit the
  /// state is shown as it is.
  ///
  /// @param values the values of the columns, each null or of the type of its column's kind
  String join(@Nullable Object[] values);
}
