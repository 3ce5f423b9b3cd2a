// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import org.jspecify.annotations.Nullable;

/// Shows a component of a state's record to the rules of mapped tables.
public interface ComponentView {
  /// Shows what turns a component into a column.
  ///
  /// @param name the simple name of its class
  /// @param to the erased type of what it makes, or null if its class does not say
  /// @param text the whole type of what it makes, for messages
  /// @param isMade whether it has a constructor without parameters
  record Converter(String name, @Nullable TypeView to, String text, boolean isMade) {}

  /// Returns the name.
  String name();

  /// Returns the column that its annotation names, or an empty text.
  String column();

  /// Returns the erased type of what a column would hold: of an `Optional`, what that holds. Null
  /// if it is none that has a class.
  @Nullable TypeView held();

  /// Returns the whole type of that, as [java.lang.reflect.Type#getTypeName] writes it.
  String heldText();

  /// Returns what its annotation has it converted by, or null.
  @Nullable Converter converter();
}
