// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

/// Says how a column of a table of the user's is declared.
///
/// @param name its name
/// @param type its type, in the database's words
/// @param family the type without length and the like, in lower case; what is compared
/// @param size the most characters of text or digits of a number; 0 if there is no bound
/// @param scale digits after the point of a number, or of the fraction of a second; -1 if there is
///   no bound
/// @param nullable whether it may be null
/// @param filled whether the database gives it a value where an insert does not
/// @param key whether it alone names a row
record FoundColumn(
    String name,
    String type,
    String family,
    int size,
    int scale,
    boolean nullable,
    boolean filled,
    boolean key) {}
