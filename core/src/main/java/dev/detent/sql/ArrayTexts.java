// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Joins the SQL of several changes to what is sent at once, and spells it for single rows.
///
/// The SQL takes arrays. Where each has one element only, plain values are cheaper for everybody:
/// the planner sees that there is one row, and finds it by its key whatever it knows of the tables.
///
/// **Threads**: safe for any number of threads.
final class ArrayTexts {
  private static final int TEXTS_MAX = 1_000;
  private static final String WHOLE = ""; // no statement is called so
  private static final Pattern NAMED = Pattern.compile("unnest\\(([^()]*)\\[]\\)(?=\\s+as\\b)");
  private static final Pattern NAMELESS = Pattern.compile("unnest\\(([^()]*)\\[]\\)");
  private static final Pattern ANY = Pattern.compile("= any \\((\\?::\\w+)\\[]\\)");

  private final Statements statements;
  private final Map<Wanted, String> texts = new ConcurrentHashMap<>();

  ArrayTexts(Statements statements) {
    this.statements = statements;
  }

  /// Says what is wanted.
  ///
  /// @param opening the name of a statement that comes first, or null
  /// @param changes what tells the SQL of the changes from all other
  /// @param closing the name of a statement that comes last, or null
  /// @param alone whether each change is of one row
  private record Wanted(
      @Nullable String opening, List<String> changes, @Nullable String closing, boolean alone) {}

  /// Returns a text.
  ///
  /// @param closing the name of a statement that comes last, or null
  /// @param alone whether each change is of one row, and takes plain values
  String text(
      @Nullable String opening, List<Change<?>> changes, @Nullable String closing, boolean alone) {
    var wanted = new Wanted(opening, identities(changes), closing, alone);
    String known = texts.get(wanted);
    if (known != null) {
      return known;
    }
    var all = new ArrayList<String>();
    if (opening != null) {
      all.add(statements.text(opening));
    }
    for (Change<?> change : changes) {
      String text = change.text(statements);
      all.add(alone ? alone(text) : text);
    }
    if (closing != null) {
      all.add(statements.text(closing));
    }
    return kept(wanted, String.join(";", all));
  }

  /// Returns the text of one statement that is made of parts, each for one row.
  ///
  /// @param around the names of a statement before it and of one after it, or none
  String whole(List<Change<?>> parts, List<String> around) {
    String opening = around.isEmpty() ? null : around.getFirst();
    var wanted = new Wanted(opening, identities(parts), WHOLE, true);
    String known = texts.get(wanted);
    if (known != null) {
      return known;
    }
    String whole =
        parts.stream().map(part -> alone(part.text(statements))).collect(Collectors.joining(", "));
    return kept(
        wanted,
        around.isEmpty()
            ? whole
            : statements.text(around.getFirst())
                + ";"
                + whole
                + ";"
                + statements.text(around.getLast()));
  }

  private static List<String> identities(List<Change<?>> changes) {
    var identities = new ArrayList<String>(changes.size());
    changes.forEach(change -> identities.add(change.identity()));
    return identities;
  }

  private String kept(Wanted wanted, String text) {
    if (texts.size() < TEXTS_MAX) {
      texts.put(wanted, text);
    }
    return text;
  }

  /// Returns SQL that takes plain values in the place of arrays.
  static String alone(String text) {
    String named = NAMED.matcher(text).replaceAll(found -> row(found.group(1)));
    String all = NAMELESS.matcher(named).replaceAll(found -> row(found.group(1)) + " as alone");
    return ANY.matcher(all).replaceAll("= $1");
  }

  private static String row(String parameters) {
    return "(values (" + parameters.replace("[]", "") + "))";
  }
}
