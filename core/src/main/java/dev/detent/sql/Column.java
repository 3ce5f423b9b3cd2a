// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.store.MappedColumn.Kind;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.sql.Types;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// Takes one parameter of a statement out of a row: a single value, its JSON, or the column of many
/// rows as an array.
sealed interface Column<R> {
  /// Binds the value of one row.
  void bind(PreparedStatement statement, int index, R row) throws SQLException;

  /// Binds the value of one row as [#array] would have brought it; the server checks it.
  default void bindAlone(PreparedStatement statement, int index, R row) throws SQLException {
    bind(statement, index, row);
  }

  /// Writes the value of one row as JSON.
  void write(StringBuilder json, R row) throws SQLException;

  /// Returns the values of many rows.
  Array array(Connection connection, List<R> rows) throws SQLException;

  /// Takes text.
  record Text<R>(Function<R, @Nullable String> value) implements Column<R> {
    @Override
    public void bind(PreparedStatement statement, int index, R row) throws SQLException {
      statement.setString(index, checked(row));
    }

    @Override
    public void bindAlone(PreparedStatement statement, int index, R row) throws SQLException {
      statement.setString(index, value.apply(row));
    }

    @Override
    public void write(StringBuilder json, R row) throws SQLException {
      String text = checked(row);
      if (text == null) {
        json.append("null");
      } else {
        quote(json, text);
      }
    }

    @Override
    public Array array(Connection connection, List<R> rows) throws SQLException {
      @Nullable String[] values = new @Nullable String[rows.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = value.apply(rows.get(i));
      }
      return connection.createArrayOf("text", values);
    }

    private @Nullable String checked(R row) throws SQLDataException {
      String text = value.apply(row);
      if (text != null && text.indexOf(0) >= 0) {
        throw new SQLDataException("text has the character U+0000", "22021");
      }
      return text;
    }

    private static void quote(StringBuilder json, String text) {
      json.append('"');
      int done = 0;
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if (c < ' ' || c == '"' || c == '\\') {
          json.append(text, done, i).append('\\');
          done = i + 1;
          if (c < ' ') {
            json.append(c < 16 ? "u000" : "u001").append("0123456789abcdef".charAt(c & 15));
          } else {
            json.append(c);
          }
        }
      }
      json.append(text, done, text.length()).append('"');
    }
  }

  /// Takes a whole number.
  record Whole<R>(ToLongFunction<R> value) implements Column<R> {
    @Override
    public void bind(PreparedStatement statement, int index, R row) throws SQLException {
      statement.setLong(index, value.applyAsLong(row));
    }

    @Override
    public void write(StringBuilder json, R row) {
      json.append(value.applyAsLong(row));
    }

    @Override
    public Array array(Connection connection, List<R> rows) throws SQLException {
      Long[] values = new Long[rows.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = value.applyAsLong(rows.get(i));
      }
      return connection.createArrayOf("bigint", values);
    }
  }

  /// Takes a whole number that may be missing.
  record OptionalWhole<R>(Function<R, @Nullable Long> value) implements Column<R> {
    @Override
    public void bind(PreparedStatement statement, int index, R row) throws SQLException {
      Long number = value.apply(row);
      if (number == null) {
        statement.setNull(index, Types.BIGINT);
      } else {
        statement.setLong(index, number);
      }
    }

    @Override
    public void write(StringBuilder json, R row) {
      json.append(value.apply(row));
    }

    @Override
    public Array array(Connection connection, List<R> rows) throws SQLException {
      @Nullable Long[] values = new @Nullable Long[rows.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = value.apply(rows.get(i));
      }
      return connection.createArrayOf("bigint", values);
    }
  }

  /// Takes yes or no.
  record Flag<R>(Predicate<R> value) implements Column<R> {
    @Override
    public void bind(PreparedStatement statement, int index, R row) throws SQLException {
      statement.setInt(index, value.test(row) ? 1 : 0);
    }

    @Override
    public void bindAlone(PreparedStatement statement, int index, R row) throws SQLException {
      statement.setBoolean(index, value.test(row));
    }

    @Override
    public void write(StringBuilder json, R row) {
      json.append(value.test(row) ? '1' : '0');
    }

    @Override
    public Array array(Connection connection, List<R> rows) throws SQLException {
      Boolean[] values = new Boolean[rows.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = value.test(rows.get(i));
      }
      return connection.createArrayOf("boolean", values);
    }
  }

  /// Takes a value of a column of a table of the user's.
  record Cell<R>(Function<R, @Nullable Object> value, Kind kind, Spelling spelling)
      implements Column<R> {
    /// Tells whether arrays of it are of whole numbers; all others are of text.
    static boolean isWhole(Kind kind) {
      return kind == Kind.SHORT || kind == Kind.INT || kind == Kind.LONG;
    }

    @Override
    public void bind(PreparedStatement statement, int index, R row) throws SQLException {
      Object found = value.apply(row);
      if (found == null) {
        spelling.bindNull(statement, index, kind);
      } else {
        spelling.bind(statement, index, kind, found);
      }
    }

    @Override
    public void bindAlone(PreparedStatement statement, int index, R row) throws SQLException {
      Object found = value.apply(row);
      if (!isWhole(kind)) {
        statement.setString(index, found == null ? null : text(found));
      } else if (found == null) {
        statement.setNull(index, Types.BIGINT);
      } else {
        statement.setLong(index, (Long) found);
      }
    }

    @Override
    public void write(StringBuilder json, R row) throws SQLException {
      Object found = value.apply(row);
      if (found == null) {
        json.append("null");
      } else {
        Text.quote(json, text(found));
      }
    }

    @Override
    public Array array(Connection connection, List<R> rows) throws SQLException {
      if (isWhole(kind)) {
        @Nullable Long[] values = new @Nullable Long[rows.size()];
        for (int i = 0; i < values.length; i++) {
          values[i] = (Long) value.apply(rows.get(i));
        }
        return connection.createArrayOf("bigint", values);
      }
      @Nullable String[] values = new @Nullable String[rows.size()];
      Object before = null;
      for (int i = 0; i < values.length; i++) {
        Object found = value.apply(rows.get(i));
        boolean same = found != null && found.equals(before); // as most times of a commit are
        values[i] = found == null ? null : same ? values[i - 1] : text(found);
        before = found;
      }
      return connection.createArrayOf("text", values);
    }

    private static String text(Object found) throws SQLException {
      return switch (found) {
        case byte[] bytes -> "\\x" + HexFormat.of().formatHex(bytes);
        case Float number -> Double.toString(number.doubleValue()); // no digit is lost
        case String text -> Spelling.requireText(text);
        default -> found.toString();
      };
    }
  }
}
