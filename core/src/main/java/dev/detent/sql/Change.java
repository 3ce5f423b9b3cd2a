// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import java.util.List;

/// Writes rows of one kind.
///
/// @param statement the name of the SQL
/// @param shape the order of the parameters
/// @param rows the rows, at least one
/// @param counted whether each row must hit exactly one stored row
record Change<R>(String statement, Shape<R> shape, List<R> rows, boolean counted) {}
