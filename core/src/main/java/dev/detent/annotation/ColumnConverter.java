// SPDX-License-Identifier: Apache-2.0
package dev.detent.annotation;

/// Turns a component of a state's record into a value that a column can hold, and back.
///
/// Both directions are pure, and lose nothing: `fromColumn(toColumn(a))` equals `a`. They never see
/// null: it is null in the column too.
///
/// **Threads**: called by any number of threads.
///
/// @param <A> the component's type
/// @param <C> the column's type: one that is known, such as `String`, `Long` or `BigDecimal`
public interface ColumnConverter<A, C> {
  /// Returns what the column holds for a component.
  C toColumn(A value);

  /// Returns the component for what the column holds.
  A fromColumn(C value);

  /// Stands for no converter.
  final class None implements ColumnConverter<Object, Object> {
    private None() {}

    @Override
    public Object toColumn(Object value) {
      return value;
    }

    @Override
    public Object fromColumn(Object value) {
      return value;
    }
  }
}
