// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// Writes rows as JSON texts, arrays of arrays.
final class JsonRows {
  private static final int ROWS_MAX = 1000;

  /// From so many characters on, the rest goes into the next text.
  private static final int CHARS_MAX = 1 << 20;

  private JsonRows() {}

  /// Returns the rows in their order, as many texts as needed.
  static <R> List<String> texts(Shape<R> shape, List<R> rows) throws SQLException {
    var texts = new ArrayList<String>();
    var text = new StringBuilder("[");
    int count = 0;
    for (R row : rows) {
      if (count == ROWS_MAX || text.length() > CHARS_MAX) {
        texts.add(text.append(']').toString());
        text = new StringBuilder("[");
        count = 0;
      }
      text.append(count++ == 0 ? "[" : ",[");
      write(text, shape, row);
      text.append(']');
    }
    texts.add(text.append(']').toString());
    return texts;
  }

  private static <R> void write(StringBuilder text, Shape<R> shape, R row) throws SQLException {
    boolean first = true;
    for (Column<R> column : shape.columns()) {
      if (!first) {
        text.append(',');
      }
      column.write(text, row);
      first = false;
    }
  }

  /// Returns how long a text is as a literal within a statement: in UTF-8, with a backslash before
  /// each quote and backslash.
  static long literalBytes(String text) {
    long bytes = 2;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        bytes += c == '\\' || c == '"' || c == '\'' ? 2 : 1;
      } else {
        bytes += c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
      }
    }
    return bytes;
  }
}
