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

/// Spells it for MariaDB. A moment is a `datetime` in UTC, whatever the time zone of a session: a
/// `timestamp` would be shown in that. Times go as text, so that no driver moves them.
final class MariadbSpelling implements Spelling {
  private static final DateTimeFormatter MOMENT =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSSSSS", Locale.ROOT);
  private static final String COLUMNS =
      """
      select c.column_name, c.column_type, c.data_type, c.character_maximum_length,
        c.numeric_precision, c.numeric_scale, c.datetime_precision, c.is_nullable,
        c.column_default is not null or c.extra like '%auto_increment%'
          or c.generation_expression is not null,
        exists (select 1 from information_schema.statistics s
          where s.table_schema = c.table_schema and s.table_name = c.table_name
            and s.non_unique = 0 and s.column_name = c.column_name
            and (select count(*) from information_schema.statistics o
              where o.table_schema = s.table_schema and o.table_name = s.table_name
                and o.index_name = s.index_name) = 1)
      from information_schema.columns c
      where c.table_schema = if(? = '', database(), ?) and c.table_name = ?
      order by c.ordinal_position
      """;

  @Override
  public String quote(String name) {
    return '`' + name.replace("`", "``") + '`';
  }

  @Override
  public String locking(boolean skips) {
    return skips ? " for update skip locked" : " for update";
  }

  @Override
  public void bind(PreparedStatement statement, int index, Kind kind, Object value)
      throws SQLException {
    switch (kind) {
      case SHORT, INT, LONG -> statement.setLong(index, (Long) value);
      case INTEGER -> statement.setBigDecimal(index, new BigDecimal((BigInteger) value));
      case DECIMAL -> statement.setBigDecimal(index, (BigDecimal) value);
      case FLOAT, DOUBLE -> statement.setDouble(index, number((Number) value));
      case BOOLEAN -> statement.setBoolean(index, (Boolean) value);
      case TEXT, JSON -> statement.setString(index, Spelling.requireText(value));
      case INSTANT ->
          statement.setString(
              index, MOMENT.format(LocalDateTime.ofInstant((Instant) value, ZoneOffset.UTC)));
      case DATE_TIME -> statement.setString(index, MOMENT.format((LocalDateTime) value));
      case TIME -> statement.setString(index, TIME.format((LocalTime) value));
      case OFFSET, OFFSET_TIME, DATE, UUID -> statement.setString(index, value.toString());
      case BYTES -> statement.setBytes(index, (byte[]) value);
    }
  }

  private static double number(Number value) throws SQLException {
    double number = value.doubleValue();
    if (!Double.isFinite(number)) {
      throw new SQLDataException(
          "expected a number, got " + number + ", which MariaDB can't hold", "22003");
    }
    return number;
  }

  @Override
  public void bindNull(PreparedStatement statement, int index, Kind kind) throws SQLException {
    statement.setNull(index, Types.NULL);
  }

  @Override
  public @Nullable Object read(ResultSet row, int index, Kind kind) throws SQLException {
    try {
      Object found =
          switch (kind) {
            case SHORT, INT, LONG -> row.getLong(index);
            case INTEGER -> integer(row.getBigDecimal(index));
            case DECIMAL -> row.getBigDecimal(index);
            case FLOAT -> (float) row.getDouble(index);
            case DOUBLE -> row.getDouble(index);
            case BOOLEAN -> row.getBoolean(index);
            case BYTES -> row.getBytes(index);
            default -> text(kind, row.getString(index));
          };
      return row.wasNull() ? null : found;
    } catch (DateTimeException | IllegalArgumentException | ArithmeticException e) {
      throw new SQLDataException(
          "expected %s, got '%s'".formatted(kind.name().toLowerCase(Locale.ROOT), e.getMessage()),
          "22018",
          e);
    }
  }

  private static @Nullable BigInteger integer(@Nullable BigDecimal found) {
    return found == null ? null : found.toBigIntegerExact();
  }

  private static @Nullable Object text(Kind kind, @Nullable String text) {
    if (text == null) {
      return null;
    }
    return switch (kind) {
      case INSTANT -> LocalDateTime.parse(text.replace(' ', 'T')).toInstant(ZoneOffset.UTC);
      case DATE_TIME -> LocalDateTime.parse(text.replace(' ', 'T'));
      case OFFSET -> OffsetDateTime.parse(text);
      case OFFSET_TIME -> OffsetTime.parse(text);
      case DATE -> LocalDate.parse(text);
      case TIME -> LocalTime.parse(text);
      case UUID -> UUID.fromString(text);
      default -> text;
    };
  }

  @Override
  public List<FoundColumn> columns(Session session, String table) throws SQLException {
    String[] parts = Spelling.parts(table);
    var columns = new ArrayList<FoundColumn>();
    try (PreparedStatement statement = session.prepare(COLUMNS)) {
      statement.setString(1, parts[0]);
      statement.setString(2, parts[0]);
      statement.setString(3, parts[1]);
      Session.collect(statement, MariadbSpelling::column, columns);
    }
    return columns;
  }

  private static FoundColumn column(ResultSet row) throws SQLException {
    String family = row.getString(3).toLowerCase(Locale.ROOT);
    int size = 0;
    int scale = -1;
    switch (family) {
      case "varchar", "char" -> size = row.getInt(4);
      case "decimal" -> {
        size = row.getInt(5);
        scale = row.getInt(6);
      }
      case "datetime", "timestamp", "time" -> scale = row.getInt(7);
      default -> {}
    }
    boolean nullable = row.getString(8).equalsIgnoreCase("yes");
    return new FoundColumn(
        row.getString(1),
        row.getString(2),
        family,
        size,
        scale,
        nullable,
        !nullable && row.getBoolean(9),
        row.getBoolean(10));
  }

  @Override
  public @Nullable String misfit(Kind kind, FoundColumn column) {
    List<String> fitting =
        switch (kind) {
          case SHORT -> List.of("smallint", "mediumint", "int", "bigint");
          case INT -> List.of("int", "bigint");
          case LONG -> List.of("bigint");
          case INTEGER, DECIMAL -> List.of("decimal");
          case FLOAT, DOUBLE -> List.of("double"); // a float is shown with six digits
          case BOOLEAN -> List.of("tinyint");
          case TEXT -> List.of("varchar", "char", "text", "mediumtext", "longtext", "enum");
          case OFFSET, OFFSET_TIME -> List.of("varchar", "text", "mediumtext", "longtext");
          case INSTANT, DATE_TIME -> List.of("datetime");
          case DATE -> List.of("date");
          case TIME -> List.of("time");
          case UUID -> List.of("uuid", "char", "varchar");
          case BYTES -> List.of("varbinary", "blob", "mediumblob", "longblob");
          case JSON -> List.of("longtext", "mediumtext", "text");
        };
    return fitting.contains(column.family()) ? null : String.join(" or ", fitting);
  }

  @Override
  public String type(Kind kind) {
    return switch (kind) {
      case SHORT -> "smallint";
      case INT -> "int";
      case LONG -> "bigint";
      case INTEGER -> "decimal(65, 0)";
      case DECIMAL -> "decimal(47, 9)";
      case FLOAT, DOUBLE -> "double";
      case BOOLEAN -> "boolean";
      case TEXT, JSON -> "longtext character set utf8mb4";
      case INSTANT, DATE_TIME -> "datetime(6)";
      case OFFSET, OFFSET_TIME -> "varchar(64) character set ascii";
      case DATE -> "date";
      case TIME -> "time(6)";
      case UUID -> "char(36) character set ascii";
      case BYTES -> "longblob";
    };
  }

  @Override
  public String idColumn(MappedTable.Ids ids) {
    return switch (ids) {
      case DATABASE -> "bigint not null auto_increment primary key";
      case LONG -> "bigint not null primary key";
      case TEXT -> "varchar(256) character set utf8mb4 collate utf8mb4_bin not null primary key";
      case UUID -> "char(36) character set ascii not null primary key";
    };
  }

  @Override
  public String stateType() {
    return "varchar(64) character set utf8mb4 collate utf8mb4_bin";
  }
}
