// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import java.util.Arrays;
import java.util.List;

/// Names a database's way of spelling, and where its SQL lies.
enum Dialect {
  SQLITE("sqlite", 8),
  POSTGRESQL("postgresql", 64),
  MARIADB("mariadb", 64);

  private final String folder;
  private final int partitions;

  Dialect(String folder, int partitions) {
    this.folder = folder;
    this.partitions = partitions;
  }

  /// Returns its name outside, which is also the folder of its SQL.
  String folder() {
    return folder;
  }

  /// Returns how many partitions a new store has unless told otherwise.
  int partitions() {
    return partitions;
  }

  /// Reads its statements.
  ///
  /// @param limits how long transactions may take
  Statements statements(Limits limits) {
    return Statements.parse(Statements.resource(folder + "/statements.sql"), limits.texts());
  }

  /// Returns how many rows are brought to it at once.
  ///
  /// @param statements its statements
  Binding binding(Statements statements) {
    return switch (this) {
      case SQLITE -> new RowBinding();
      case POSTGRESQL -> new ArrayBinding(statements);
      case MARIADB -> new JsonBinding();
    };
  }

  /// Returns how it spells what is said about tables of the user's.
  Spelling spelling() {
    return switch (this) {
      case SQLITE -> new SqliteSpelling();
      case POSTGRESQL -> new PostgresSpelling();
      case MARIADB -> new MariadbSpelling();
    };
  }

  /// Returns the script that leads from one schema to the next.
  ///
  /// @param version the schema afterwards, from 1
  String migration(int version) {
    return Statements.resource(folder + "/migration-" + version + ".sql");
  }

  /// Returns the dialect of a name.
  ///
  /// @throws IllegalArgumentException if there is none
  static Dialect of(String name) {
    for (Dialect dialect : values()) {
      if (dialect.folder.equals(name)) {
        return dialect;
      }
    }
    throw new IllegalArgumentException(
        "dialect: expected one of " + names() + ", got '" + name + "'; choose one of these");
  }

  /// Returns the names of all dialects.
  static List<String> names() {
    return Arrays.stream(values()).map(Dialect::folder).toList();
  }
}
