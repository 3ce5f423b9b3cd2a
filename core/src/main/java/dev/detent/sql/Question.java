// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Asks for something, and takes the answer.
///
/// @param statement the name of the SQL
/// @param text the SQL itself, where no file can know it; otherwise null
/// @param shape the order of the parameters
/// @param rows what is asked for, at least one
/// @param reader reads a row of the answer
/// @param found takes the rows of the answer
record Question<R, T>(
    String statement,
    @Nullable String text,
    Shape<R> shape,
    List<R> rows,
    RowReader<T> reader,
    List<T> found) {
  Question(String statement, Shape<R> shape, List<R> rows, RowReader<T> reader) {
    this(statement, null, shape, rows, reader, new ArrayList<>());
  }

  /// Returns what is sent.
  Change<R> parameters() {
    return new Change<>(statement, text, shape, rows, false);
  }
}
