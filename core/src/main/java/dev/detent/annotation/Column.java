// SPDX-License-Identifier: Apache-2.0
package dev.detent.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Says which column of a mapped table holds a component of a state's record.
///
/// A component's type says what the column has to be. `Optional` and boxed types may be null there.
///
/// | type | PostgreSQL | MariaDB | SQLite |
/// |---|---|---|---|
/// | `boolean` | `boolean` | `boolean` | `boolean` |
/// | `byte`, `short` | `smallint` | `smallint` | `integer` |
/// | `int` | `integer` | `int` | `integer` |
/// | `long` | `bigint` | `bigint` | `integer` |
/// | `BigInteger` | `numeric` | `decimal` | `text` |
/// | `BigDecimal` | `numeric` | `decimal`, read with its scale | `text`; `decimal` for 15 digits |
/// | `float`, `double` | `real`, `double precision` | `double` | `real` |
/// | `String`, `char`, enums | `text`, `varchar`, `char` | `varchar`, `char`, `text` | `text` |
/// | `Instant` | `timestamptz` | `datetime(6)`, in UTC | `text` |
/// | `java.util.Date` | `timestamptz` | `datetime(6)`, in UTC | `text` |
/// | `OffsetDateTime` | `text`; `timestamptz` forgets the offset | `varchar` | `text` |
/// | `LocalDateTime` | `timestamp` | `datetime(6)` | `text` |
/// | `LocalDate`, `LocalTime` | `date`, `time` | `date`, `time(6)` | `text` |
/// | `OffsetTime` | `timetz`, `text` | `varchar` | `text` |
/// | `java.sql.Timestamp` | `timestamp` | `datetime(6)` | `text` |
/// | `java.sql.Date`, `java.sql.Time` | `date`, `time` | `date`, `time(6)` | `text` |
/// | `ZonedDateTime`, `Duration`, `URI`, `URL` | `text` | `varchar`, `text` | `text` |
/// | `UUID` | `uuid` | `char(36)`, `uuid` | `text` |
/// | `byte[]` | `bytea` | `blob` | `blob` |
/// | records, sealed types, lists, maps, `Json` | `jsonb`, `json`, `text` | `longtext` | `text` |
///
/// Wider types of the same sort fit too. A decimal comes back with the digits that its column has,
/// 1.5 as 1.50, and counts as the same: compare by `compareTo`. Arrays but for `byte[]` are
/// documents. Any other type needs a [converter][#converter]; so do what JDBC hands out only as
/// long as a connection is open (`Blob`, `Clob`, `Array`, `SQLXML`, `Struct`, `Ref`, `RowId`) and
/// `Calendar`: have the converter make bytes, text or a time of it.
@Documented
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface Column {
  /// Names the column; empty for the component's name in snake case.
  String value() default "";

  /// Says what makes the component a value that a column can hold, and back; needed only for types
  /// that are not known. It has a constructor without parameters.
  Class<? extends ColumnConverter<?, ?>> converter() default ColumnConverter.None.class;
}
