// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import dev.detent.annotation.Table;

/// Says, for a machine that is defined in code, what [Table] says on a class.
///
/// ```java
/// TableDefinition.of("payments").state("status").ids(Table.Ids.LONG)
/// ```
///
/// **Threads**: immutable.
///
/// @param name the table, with a dot after its schema if that is given
/// @param id the column of the id
/// @param ids where ids come from
/// @param state the column of the state
/// @param version a column that every write raises by one, or an empty text
/// @param createdAt the column of the time of creation, or an empty text
/// @param updatedAt the column of the time of the last transition, or an empty text
/// @param enteredAt the column of the time at which the state was entered, or an empty text
public record TableDefinition(
    String name,
    String id,
    Table.Ids ids,
    String state,
    String version,
    String createdAt,
    String updatedAt,
    String enteredAt) {

  /// Returns a mapping to the columns `id`, made by the database, `state`, `created_at` and
  /// `updated_at`.
  public static TableDefinition of(String name) {
    return new TableDefinition(
        name, "id", Table.Ids.DATABASE, "state", "", "created_at", "updated_at", "");
  }

  static TableDefinition of(Table mark) {
    return new TableDefinition(
        mark.name(),
        mark.id(),
        mark.ids(),
        mark.state(),
        mark.version(),
        mark.createdAt(),
        mark.updatedAt(),
        mark.enteredAt());
  }

  /// Returns the same with another column of the id.
  public TableDefinition id(String column) {
    return new TableDefinition(name, column, ids, state, version, createdAt, updatedAt, enteredAt);
  }

  /// Returns the same with ids from elsewhere.
  public TableDefinition ids(Table.Ids source) {
    return new TableDefinition(name, id, source, state, version, createdAt, updatedAt, enteredAt);
  }

  /// Returns the same with another column of the state.
  public TableDefinition state(String column) {
    return new TableDefinition(name, id, ids, column, version, createdAt, updatedAt, enteredAt);
  }

  /// Returns the same with a column that every write raises by one; empty for none.
  public TableDefinition version(String column) {
    return new TableDefinition(name, id, ids, state, column, createdAt, updatedAt, enteredAt);
  }

  /// Returns the same with other columns of the times; each empty for none.
  ///
  /// @param created of creation
  /// @param updated of the last transition
  /// @param entered of entering the state
  public TableDefinition times(String created, String updated, String entered) {
    return new TableDefinition(name, id, ids, state, version, created, updated, entered);
  }
}
