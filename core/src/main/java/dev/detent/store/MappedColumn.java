// SPDX-License-Identifier: Apache-2.0
package dev.detent.store;

/// Names a column of a table of the user's, and what it holds.
///
/// @param name the column, as it is spelled in the database
/// @param kind what it holds
public record MappedColumn(String name, Kind kind) {
  /// Says what a column holds, and as which Java type the value is handed over.
  public enum Kind {
    /// A whole number of 16 bits, as `Long`.
    SHORT,
    /// A whole number of 32 bits, as `Long`.
    INT,
    /// A whole number of 64 bits, as `Long`.
    LONG,
    /// A whole number of any size, as `BigInteger`.
    INTEGER,
    /// A decimal number, as `BigDecimal`.
    DECIMAL,
    /// A binary fraction of 32 bits, as `Float`.
    FLOAT,
    /// A binary fraction of 64 bits, as `Double`.
    DOUBLE,
    /// Yes or no, as `Boolean`.
    BOOLEAN,
    /// Text, as `String`.
    TEXT,
    /// A moment, as `Instant`.
    INSTANT,
    /// A moment and its distance from UTC, as `OffsetDateTime`.
    OFFSET,
    /// A day, as `LocalDate`.
    DATE,
    /// A day and a time of day, as `LocalDateTime`.
    DATE_TIME,
    /// A time of day, as `LocalTime`.
    TIME,
    /// A time of day and its distance from UTC, as `OffsetTime`.
    OFFSET_TIME,
    /// A UUID, as `UUID`.
    UUID,
    /// Bytes, as `byte[]`.
    BYTES,
    /// A JSON document, as `String`.
    JSON
  }
}
