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
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Spells it for PostgreSQL. Times have six digits of a second there.
final class PostgresSpelling implements Spelling {
  private static final String COLUMNS =
      """
      select a.attname,
        case when t.typtype = 'e'
          then t.typnamespace::regnamespace::text || '.' || quote_ident(t.typname)
          else format_type(t.oid, m.mod) end,
        t.typname, m.mod, a.attnotnull,
        a.atthasdef or a.attidentity <> '',
        exists (select 1 from pg_index i where i.indrelid = a.attrelid and i.indisunique
          and i.indnkeyatts = 1 and i.indkey[0] = a.attnum and i.indpred is null),
        t.typtype
      from pg_attribute a
      join pg_type d on d.oid = a.atttypid
      join pg_type t on t.oid = case when d.typtype = 'd' then d.typbasetype else d.oid end
      cross join lateral (
        select case when d.typtype = 'd' then d.typtypmod else a.atttypmod end as mod) m
      where a.attrelid = to_regclass(?) and a.attnum > 0 and not a.attisdropped
      order by a.attnum
      """;

  /// Constraints, triggers, indexes that are more than a way to find rows, and types that take part
  /// of the values only. A primary key is not updated.
  private static final String RULES =
      """
      select c.relkind <> 'r' or c.relrowsecurity or c.relhasrules
        or exists (select 1 from pg_constraint
          where conrelid = c.oid and contype in ('c', 'f', 'u', 'x'))
        or exists (select 1 from pg_trigger where tgrelid = c.oid and not tgisinternal)
        or exists (select 1 from pg_index where indrelid = c.oid
          and (indisunique and not indisprimary or indexprs is not null or indpred is not null))
        or exists (select 1 from pg_attribute a join pg_type t on t.oid = a.atttypid
          where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            and (a.attgenerated <> '' or t.typtype <> 'b' or t.typname in ('json', 'jsonb', 'xml')))
      from pg_class c where c.oid = to_regclass(?)
      """;

  @Override
  public String quote(String name) {
    return Spelling.inQuotes(name);
  }

  /// Leaves out the blanks with which a `char` is filled up.
  @Override
  public String shown(FoundColumn column) {
    return quote(column.name()) + (column.family().equals("bpchar") ? "::text" : "");
  }

  @Override
  public String locking(boolean skips) {
    return skips ? " for update skip locked" : " for update";
  }

  @Override
  public Guards guards() {
    return new Guards.OfArrays(this);
  }

  @Override
  public void bind(PreparedStatement statement, int index, Kind kind, Object value)
      throws SQLException {
    switch (kind) {
      case SHORT, INT, LONG -> statement.setLong(index, (Long) value);
      case INTEGER -> statement.setBigDecimal(index, new BigDecimal((BigInteger) value));
      case DECIMAL -> statement.setBigDecimal(index, (BigDecimal) value);
      case FLOAT -> statement.setFloat(index, (Float) value);
      case DOUBLE -> statement.setDouble(index, (Double) value);
      case BOOLEAN -> statement.setBoolean(index, (Boolean) value);
      // Without a type of its own, it fits enums and documents too.
      case TEXT, JSON -> statement.setObject(index, Spelling.requireText(value), Types.OTHER);
      case OFFSET, OFFSET_TIME -> statement.setObject(index, value.toString(), Types.OTHER);
      case INSTANT -> statement.setObject(index, ((Instant) value).atOffset(ZoneOffset.UTC));
      case DATE, DATE_TIME, TIME, UUID -> statement.setObject(index, value);
      case BYTES -> statement.setBytes(index, (byte[]) value);
    }
  }

  @Override
  public void bindNull(PreparedStatement statement, int index, Kind kind) throws SQLException {
    statement.setNull(index, Types.OTHER);
  }

  @Override
  public @Nullable Object read(ResultSet row, int index, Kind kind) throws SQLException {
    Object found =
        switch (kind) {
          case SHORT, INT, LONG -> row.getLong(index);
          case INTEGER -> integer(row.getBigDecimal(index));
          case DECIMAL -> row.getBigDecimal(index);
          case FLOAT -> row.getFloat(index);
          case DOUBLE -> row.getDouble(index);
          case BOOLEAN -> row.getBoolean(index);
          case TEXT, JSON -> row.getString(index);
          case INSTANT -> moment(row.getObject(index, OffsetDateTime.class));
          case OFFSET -> shifted(row, index);
          case OFFSET_TIME -> shiftedTime(row, index);
          case DATE -> row.getObject(index, LocalDate.class);
          case DATE_TIME -> row.getObject(index, LocalDateTime.class);
          case TIME -> row.getObject(index, LocalTime.class);
          case UUID -> row.getObject(index, UUID.class);
          case BYTES -> row.getBytes(index);
        };
    return row.wasNull() ? null : found;
  }

  private static @Nullable BigInteger integer(@Nullable BigDecimal found) throws SQLException {
    try {
      return found == null ? null : found.toBigIntegerExact();
    } catch (ArithmeticException e) {
      throw new SQLDataException("expected a whole number, got " + found, "22018", e);
    }
  }

  private static @Nullable Instant moment(@Nullable OffsetDateTime found) {
    return found == null ? null : found.toInstant();
  }

  /// What a `timestamptz` holds is shown in the time zone of whoever asks, so it is brought to UTC.
  private static @Nullable OffsetDateTime shifted(ResultSet row, int index) throws SQLException {
    String text = row.getString(index);
    if (text == null || text.indexOf('T') > 0) {
      return text == null ? null : parsed(text);
    }
    OffsetDateTime found = row.getObject(index, OffsetDateTime.class);
    return found == null ? null : found.withOffsetSameInstant(ZoneOffset.UTC);
  }

  private static OffsetDateTime parsed(String text) throws SQLException {
    try {
      return OffsetDateTime.parse(text);
    } catch (DateTimeException e) {
      throw new SQLDataException(
          "expected a moment with an offset, got '" + text + "'", "22018", e);
    }
  }

  /// The driver shows a `timetz` as text in the time zone of the process, now and then.
  private static @Nullable OffsetTime shiftedTime(ResultSet row, int index) throws SQLException {
    if (row.getMetaData().getColumnTypeName(index).equals("timetz")) {
      return row.getObject(index, OffsetTime.class);
    }
    String text = row.getString(index);
    try {
      return text == null ? null : OffsetTime.parse(text);
    } catch (DateTimeException e) {
      throw new SQLDataException(
          "expected a time of day with an offset, got '" + text + "'", "22018", e);
    }
  }

  @Override
  public List<FoundColumn> columns(Session session, String table) throws SQLException {
    var columns = new ArrayList<FoundColumn>();
    try (PreparedStatement statement = session.prepare(COLUMNS)) {
      statement.setString(1, quoteTable(table));
      Session.collect(statement, PostgresSpelling::column, columns);
    }
    return columns;
  }

  @Override
  public boolean hasRules(Session session, String table) throws SQLException {
    var found = new ArrayList<Boolean>();
    try (PreparedStatement statement = session.prepare(RULES)) {
      statement.setString(1, quoteTable(table));
      Session.collect(statement, row -> row.getBoolean(1), found);
    }
    return !found.equals(List.of(false));
  }

  private static FoundColumn column(ResultSet row) throws SQLException {
    String name = row.getString(3);
    int mod = row.getInt(4);
    int size = 0;
    int scale = -1;
    switch (name) {
      case "varchar", "bpchar" -> size = mod < 4 ? 0 : mod - 4;
      case "numeric" -> {
        size = mod < 4 ? 0 : ((mod - 4) >> 16) & 0xffff;
        scale = mod < 4 ? -1 : (((mod - 4) & 0x7ff) ^ 1024) - 1024;
      }
      case "timestamptz", "timestamp", "time", "timetz" -> scale = mod < 0 ? 6 : mod;
      default -> {}
    }
    return new FoundColumn(
        row.getString(1),
        row.getString(2),
        row.getString(8).equals("e") ? "enum" : name,
        size,
        scale,
        !row.getBoolean(5),
        row.getBoolean(6),
        row.getBoolean(7));
  }

  @Override
  public @Nullable String misfit(Kind kind, FoundColumn column) {
    List<String> fitting =
        switch (kind) {
          case SHORT -> List.of("int2", "int4", "int8");
          case INT -> List.of("int4", "int8");
          case LONG -> List.of("int8");
          case INTEGER, DECIMAL -> List.of("numeric");
          case FLOAT -> List.of("float4", "float8");
          case DOUBLE -> List.of("float8");
          case BOOLEAN -> List.of("bool");
          case TEXT -> List.of("text", "varchar", "bpchar", "enum");
          case INSTANT -> List.of("timestamptz");
          case OFFSET -> List.of("text", "varchar", "timestamptz");
          case OFFSET_TIME -> List.of("timetz", "text", "varchar");
          case DATE -> List.of("date");
          case DATE_TIME -> List.of("timestamp");
          case TIME -> List.of("time");
          case UUID -> List.of("uuid");
          case BYTES -> List.of("bytea");
          case JSON -> List.of("jsonb", "json", "text");
        };
    return fitting.contains(column.family()) ? null : String.join(" or ", fitting);
  }

  @Override
  public String type(Kind kind) {
    return switch (kind) {
      case SHORT -> "smallint";
      case INT -> "integer";
      case LONG -> "bigint";
      case INTEGER, DECIMAL -> "numeric";
      case FLOAT -> "real";
      case DOUBLE -> "double precision";
      case BOOLEAN -> "boolean";
      case TEXT, OFFSET -> "text"; // a timestamptz would forget the offset
      case INSTANT -> "timestamptz";
      case DATE -> "date";
      case DATE_TIME -> "timestamp";
      case TIME -> "time";
      case OFFSET_TIME -> "timetz";
      case UUID -> "uuid";
      case BYTES -> "bytea";
      case JSON -> "jsonb";
    };
  }

  @Override
  public String idColumn(MappedTable.Ids ids) {
    return switch (ids) {
      case DATABASE -> "bigint generated by default as identity primary key";
      case LONG -> "bigint primary key";
      case TEXT -> "text primary key";
      case UUID -> "uuid primary key";
    };
  }

  @Override
  public String stateType() {
    return "text";
  }

  /// Leaves room in each page, so that a row can be changed without a word to any index.
  @Override
  public String tableOptions() {
    return " with (fillfactor = 70)";
  }
}
