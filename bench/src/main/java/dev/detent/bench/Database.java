// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

import dev.detent.store.Store;
import java.io.Closeable;
import java.sql.Connection;
import java.sql.SQLException;

/// Runs a database server or file, with room for several stores that don't know of each other.
interface Database extends Closeable {
  /// Returns its dialect: `sqlite` or `postgresql`.
  String dialect();

  /// Returns its version and the settings that make commits durable.
  String facts() throws SQLException;

  /// Connects for plain JDBC, with the settings that the engine's store uses.
  ///
  /// @param room which store
  Connection connect(String room) throws SQLException;

  /// Opens a store as the server opens it.
  ///
  /// @param room which store
  Store open(String room) throws SQLException;

  /// Returns what the server's option `--store` takes.
  ///
  /// @param room which store
  String url(String room) throws SQLException;
}
