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
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Holds a dialect's named SQL.
///
/// A line `-- name: NAME` begins a section. Within it, lines that begin with `--` are comments, and
/// a semicolon at the end of a line ends a statement. `${NAME}` stands for another section of one
/// statement, or for a value that is known when the file is read.
///
/// **Threads**: immutable.
final class Statements {
  private static final String NAME = "-- name: ";
  private static final Pattern INSERTED = Pattern.compile("\\$\\{([a-z-]+)}");

  private final Map<String, List<String>> sections;

  private Statements(Map<String, List<String>> sections) {
    this.sections = sections;
  }

  /// Reads a file of named sections.
  ///
  /// @param values texts by the names that stand for them
  static Statements parse(String file, Map<String, String> values) {
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
    var whole = new TreeMap<String, List<String>>();
    sections.forEach((name, texts) ->
        whole.put(name, texts.stream().map(text -> filled(text, sections, values)).toList()));
    return new Statements(whole);
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

  private static String filled(
      String text, Map<String, List<String>> sections, Map<String, String> values) {
    return INSERTED
        .matcher(text)
        .replaceAll(match -> {
          String name = match.group(1);
          String value = values.get(name);
          List<String> section = sections.getOrDefault(name, List.of());
          if (value == null && section.size() != 1) {
            throw new IllegalStateException(
                "SQL: expected one text for ${" + name + "}, got " + section);
          }
          return Matcher.quoteReplacement(value == null ? section.getFirst() : value);
        });
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
