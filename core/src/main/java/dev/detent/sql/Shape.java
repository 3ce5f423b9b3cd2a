// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.store.MappedColumn.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// Lists the columns of a kind of row in the order of its statement's parameters.
///
/// @param columns the columns
record Shape<R>(List<Column<R>> columns) {
  /// Returns a shape without columns.
  static <R> Shape<R> empty() {
    return new Shape<>(List.of());
  }

  /// Returns this shape with one more column of text.
  Shape<R> text(Function<R, @Nullable String> value) {
    return with(new Column.Text<>(value));
  }

  /// Returns this shape with one more column of numbers.
  Shape<R> number(ToLongFunction<R> value) {
    return with(new Column.Whole<>(value));
  }

  /// Returns this shape with one more column of numbers that may be missing.
  Shape<R> optionalNumber(Function<R, @Nullable Long> value) {
    return with(new Column.OptionalWhole<>(value));
  }

  /// Returns this shape with one more column of yes and no.
  Shape<R> flag(Predicate<R> value) {
    return with(new Column.Flag<>(value));
  }

  /// Returns this shape with one more column of a table of the user's.
  ///
  /// @param value takes the value
  /// @param kind what it holds
  /// @param spelling spells it
  Shape<R> cell(Function<R, @Nullable Object> value, Kind kind, Spelling spelling) {
    return with(new Column.Cell<>(value, kind, spelling));
  }

  private Shape<R> with(Column<R> column) {
    var more = new ArrayList<>(columns);
    more.add(column);
    return new Shape<>(List.copyOf(more));
  }
}
