// SPDX-License-Identifier: Apache-2.0
package dev.detent.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Says that the instances of a machine are rows of a table of the application's own.
///
/// Each component of a state's record is a column: its name in snake case, or what [Column] says.
/// Entering a state writes the columns of its record, the state and the times; the others keep
/// their values. The machine needs a creating transition, since a row that nobody made is none.
///
/// All names are written as they are in the database: they are quoted, so capitals count.
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface Table {
  /// Says where the ids of rows come from, and of what type they are.
  enum Ids {
    /// The database makes them: whole numbers of 64 bits. Rows are then created in the caller's
    /// transaction only.
    DATABASE,
    /// The caller gives whole numbers of 64 bits.
    LONG,
    /// The caller gives text.
    TEXT,
    /// The caller gives UUIDs; as keys in lower case.
    UUID
  }

  /// Names the table: `payments`, or `billing.payments` in a schema.
  String name();

  /// Names the column of the id, the primary key.
  String id() default "id";

  /// Says where ids come from.
  Ids ids() default Ids.DATABASE;

  /// Names the column of the state, which holds the simple name of the state's record.
  String state() default "state";

  /// Names a column of whole numbers that every write raises by one, for optimistic locks of
  /// others; empty if the table has none.
  String version() default "";

  /// Names the column of the time at which the row was created; empty if the table has none. It is
  /// set by Detent, unless the record has a component for it.
  String createdAt() default "created_at";

  /// Names the column of the time of the last transition; empty if the table has none. It is set by
  /// Detent, unless the record has a component for it.
  String updatedAt() default "updated_at";

  /// Names a column of the time at which the state was entered; empty if the table has none.
  String enteredAt() default "";
}
