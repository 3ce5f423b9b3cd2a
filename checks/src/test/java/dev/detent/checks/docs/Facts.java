// SPDX-License-Identifier: Apache-2.0
package dev.detent.checks.docs;

import java.util.Map;
import java.util.Set;

/// Holds what exists, so that Markdown may speak of it.
///
/// @param files all paths of the repository, and all folders with a `/` at the end
/// @param types the full names of all types and packages of Detent, `.` before nested types
/// @param members the names of methods, fields and nested types by the simple name of their type
/// @param platformTypes the simple names of the JDK's public types
/// @param commands the options of each subcommand of `./detent`, by its name; empty if there is no
///   command line yet, then none is checked
/// @param variables the names of environment variables; empty if there are none yet, then none is
///   checked
/// @param tables the names of tables, indexes and metrics that begin with `detent_`
record Facts(
    Set<String> files,
    Set<String> types,
    Map<String, Set<String>> members,
    Set<String> platformTypes,
    Map<String, Set<String>> commands,
    Set<String> variables,
    Set<String> tables) {

  boolean hasFileNamed(String name) {
    return files.stream().anyMatch(file -> file.equals(name) || file.endsWith("/" + name));
  }

  boolean isOption(String option) {
    return commands.isEmpty()
        || commands.values().stream().anyMatch(options -> options.contains(option));
  }

  boolean isVariable(String name) {
    return variables.isEmpty() || variables.contains(name);
  }

  boolean isModule(String name) {
    return files.contains(name + "/pom.xml");
  }
}
