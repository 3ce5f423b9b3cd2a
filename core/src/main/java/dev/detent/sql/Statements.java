// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Holds a dialect's named SQL.
///
/// A line `-- name: NAME` begins a section. Within it, lines that begin with `--` are comments, and
/// a semicolon at the end of a line ends a statement.
///
/// **Threads**: immutable.
final class Statements {
  private static final String NAME = "-- name: ";

  private final Map<String, List<String>> sections;

  private Statements(Map<String, List<String>> sections) {
    this.sections = sections;
  }

  /// Reads a file of named sections.
  static Statements parse(String file) {
    var sections = new TreeMap<String, List<String>>();
    for (String section : file.split("(?m)^" + NAME, -1)) {
      int end = section.indexOf('\n');
      if (section.startsWith("--") || end < 0) {
        continue;
      }
      String name = section.substring(0, end).strip();
      if (sections.put(name, split(section.substring(end))) != null) {
        throw new IllegalStateException("SQL file: expected each name once, got two of " + name);
      }
    }
    return new Statements(sections);
  }

  /// Returns the statements of a script, without comments and semicolons.
  static List<String> split(String script) {
    var statements = new ArrayList<String>();
    String bare = script.replaceAll("(?m)\\s*--.*$", "");
    for (String statement : bare.split(";\\s*\n", -1)) {
      String text = statement.strip();
      if (!text.isEmpty()) {
        statements.add(text);
      }
    }
    return List.copyOf(statements);
  }

  /// Returns a file that lies beside this class.
  static String resource(String path) {
    try (InputStream in = Statements.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalStateException("SQL file: expected " + path + " in the jar, got none");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Returns all names.
  Set<String> names() {
    return sections.keySet();
  }

  /// Returns the one statement of a section.
  String text(String name) {
    List<String> all = all(name);
    if (all.size() != 1) {
      throw new IllegalStateException("SQL: expected one statement " + name + ", got " + all);
    }
    return all.getFirst();
  }

  /// Returns the statements of a section.
  List<String> all(String name) {
    List<String> all = sections.get(name);
    if (all == null) {
      throw new IllegalStateException("SQL: expected a section " + name + ", got none");
    }
    return all;
  }
}
