// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.store.MappedColumn.Kind;
import dev.detent.store.MappedTable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.sql.Types;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Spells it for SQLite, which has neither decimals nor times: both are text there, of which
/// nothing is lost. A column that is declared as decimal holds binary fractions, so fewer digits. A
/// time of UTC ends in `Z` and has nine digits of a second, so that texts sort like times.
final class SqliteSpelling implements Spelling {
  /// As many digits of a number does a column hold that is none of text.
  private static final int DIGITS = 15;

  private static final DateTimeFormatter MOMENT =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSSSS", Locale.ROOT);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSSSSSSSS", Locale.ROOT);

  /// The last time that was spelled: those of a commit are the same.
  private volatile @Nullable Spelled last;

  private record Spelled(Instant value, String text) {}

  @Override
  public String quote(String name) {
    return Spelling.inQuotes(name);
  }

  @Override
  public String locking(boolean skips) {
    return ""; // whoever writes has locked the file
  }

  @Override
  public Guards guards() {
    return new Guards.OfRows(this);
  }

  @Override
  public void bind(PreparedStatement statement, int index, Kind kind, Object value)
      throws SQLException {
    switch (kind) {
      case SHORT, INT, LONG -> statement.setLong(index, (Long) value);
      case INTEGER, UUID, OFFSET, OFFSET_TIME, DATE -> statement.setString(index, value.toString());
      case DECIMAL -> statement.setString(index, ((BigDecimal) value).toString());
      case FLOAT, DOUBLE -> statement.setDouble(index, number((Number) value));
      case BOOLEAN -> statement.setInt(index, (Boolean) value ? 1 : 0);
      case TEXT, JSON -> statement.setString(index, Spelling.requireText(value));
      case INSTANT -> statement.setString(index, text((Instant) value));
      case DATE_TIME -> statement.setString(index, MOMENT.format((LocalDateTime) value));
      case TIME -> statement.setString(index, TIME.format((LocalTime) value));
      case BYTES -> statement.setBytes(index, (byte[]) value);
    }
  }

  private String text(Instant value) {
    Spelled before = last;
    if (before != null && before.value.equals(value)) {
      return before.text;
    }
    String text = MOMENT.format(LocalDateTime.ofInstant(value, ZoneOffset.UTC)) + "Z";
    last = new Spelled(value, text);
    return text;
  }

  /// SQLite would make null of what is no number.
  private static double number(Number value) throws SQLException {
    double number = value.doubleValue();
    if (Double.isNaN(number)) {
      throw new SQLDataException("expected a number, got NaN, which SQLite can't hold", "22003");
    }
    return number;
  }

  @Override
  public void bindNull(PreparedStatement statement, int index, Kind kind) throws SQLException {
    statement.setNull(index, Types.NULL);
  }

  @Override
  public @Nullable Object read(ResultSet row, int index, Kind kind) throws SQLException {
    Object found = row.getObject(index);
    if (found == null) {
      return null;
    }
    try {
      return switch (kind) {
        case SHORT, INT, LONG -> whole(found);
        case INTEGER -> new BigInteger(found.toString());
        case DECIMAL -> new BigDecimal(found.toString());
        case FLOAT -> (float) row.getDouble(index);
        case DOUBLE -> row.getDouble(index);
        case BOOLEAN -> whole(found) != 0;
        case TEXT, JSON -> row.getString(index);
        case INSTANT -> moment(found.toString());
        case OFFSET -> OffsetDateTime.parse(found.toString());
        case DATE -> LocalDate.parse(found.toString());
        case DATE_TIME -> LocalDateTime.parse(found.toString().replace(' ', 'T'));
        case TIME -> LocalTime.parse(found.toString());
        case OFFSET_TIME -> OffsetTime.parse(found.toString());
        case UUID -> UUID.fromString(found.toString());
        case BYTES -> row.getBytes(index);
      };
    } catch (DateTimeException | IllegalArgumentException e) {
      throw new SQLDataException(
          "expected %s, got '%s'".formatted(kind.name().toLowerCase(Locale.ROOT), found),
          "22018",
          e);
    }
  }

  private static long whole(Object found) {
    return found instanceof Number number && !(found instanceof Double)
        ? number.longValue()
        : Long.parseLong(found.toString());
  }

  private static Instant moment(String text) {
    String iso = text.replace(' ', 'T');
    boolean zoned = iso.endsWith("Z") || iso.indexOf('+') >= 0 || iso.lastIndexOf('-') > 10;
    return zoned
        ? OffsetDateTime.parse(iso).toInstant()
        : LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC);
  }

  @Override
  public List<FoundColumn> columns(Session session, String table) throws SQLException {
    String[] parts = Spelling.parts(table);
    String schema = parts[0].isEmpty() ? "main" : parts[0];
    var columns = new ArrayList<FoundColumn>();
    try (PreparedStatement statement =
        session.prepare(
            "select x.name, x.type, x.\"notnull\", x.dflt_value, x.pk,"
                + " (select count(*) from pragma_table_xinfo(?1, ?2) where pk > 0),"
                + " exists (select 1 from pragma_index_list(?1, ?2) l where l.\"unique\" = 1"
                + " and (select group_concat(name, char(10)) from pragma_index_info(l.name, ?2))"
                + " = x.name)"
                + " from pragma_table_xinfo(?1, ?2) x where x.hidden in (0, 2, 3)")) {
      statement.setString(1, parts[1]);
      statement.setString(2, schema);
      Session.collect(statement, SqliteSpelling::column, columns);
    }
    return columns;
  }

  private static FoundColumn column(ResultSet row) throws SQLException {
    String type = row.getString(2);
    boolean alone = row.getInt(5) > 0 && row.getInt(6) == 1;
    boolean rowid = alone && type.equalsIgnoreCase("integer");
    return new FoundColumn(
        row.getString(1),
        type,
        affinity(type),
        affinity(type).equals("numeric") ? DIGITS : 0,
        -1,
        row.getInt(3) == 0 && !alone,
        row.getString(4) != null || rowid,
        alone || row.getInt(7) == 1);
  }

  /// Returns what SQLite makes of a declared type; see "Determination Of Column Affinity" in its
  /// documentation.
  private static String affinity(String type) {
    String upper = type.toUpperCase(Locale.ROOT);
    if (upper.contains("INT")) {
      return "integer";
    } else if (upper.contains("CHAR") || upper.contains("CLOB") || upper.contains("TEXT")) {
      return "text";
    } else if (upper.contains("BLOB") || upper.isEmpty()) {
      return "blob";
    } else if (upper.contains("REAL") || upper.contains("FLOA") || upper.contains("DOUB")) {
      return "real";
    }
    boolean time = upper.startsWith("DATE") || upper.startsWith("TIME");
    return time ? "time" : "numeric";
  }

  @Override
  public @Nullable String misfit(Kind kind, FoundColumn column) {
    List<String> fitting =
        switch (kind) {
          case SHORT, INT, LONG, BOOLEAN -> List.of("integer", "numeric");
          case FLOAT, DOUBLE -> List.of("real");
          case BYTES -> List.of("blob");
          case INSTANT, OFFSET, OFFSET_TIME, DATE, DATE_TIME, TIME -> List.of("text", "time");
          case DECIMAL -> List.of("text", "numeric");
          case INTEGER, TEXT, UUID, JSON -> List.of("text");
        };
    return fitting.contains(column.family()) ? null : String.join(" or ", fitting);
  }

  @Override
  public String type(Kind kind) {
    return switch (kind) {
      case SHORT, INT, LONG -> "integer";
      case BOOLEAN -> "boolean";
      case FLOAT, DOUBLE -> "real";
      case BYTES -> "blob";
      case INTEGER, DECIMAL, TEXT, UUID, JSON -> "text";
      case INSTANT, OFFSET, OFFSET_TIME, DATE, DATE_TIME, TIME -> "text";
    };
  }

  @Override
  public String idColumn(MappedTable.Ids ids) {
    return switch (ids) {
      // An id is never used again, since its events stay.
      case DATABASE -> "integer primary key autoincrement";
      case LONG -> "integer primary key";
      case TEXT, UUID -> "text not null primary key";
    };
  }

  @Override
  public String stateType() {
    return "text";
  }
}
