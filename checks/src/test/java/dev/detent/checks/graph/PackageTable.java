// SPDX-License-Identifier: Apache-2.0
package dev.detent.checks.graph;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Holds the table that says which package may use which; `packages.txt` explains its format.
///
/// @param packages what each package may use
/// @param libraries who may use each library, by the library's prefix
record PackageTable(Map<String, Set<String>> packages, Map<String, Set<String>> libraries) {
  private static final String ROOT = "dev.detent";

  static PackageTable parse(String text) {
    var groups = new LinkedHashMap<String, Set<String>>();
    var packages = new TreeMap<String, Set<String>>();
    var libraries = new TreeMap<String, Set<String>>();
    for (String line :
        text.lines().filter(row -> !row.isBlank() && row.charAt(0) != '#').toList()) {
      String head = line.substring(0, line.indexOf(':'));
      List<String> words = List.of(line.substring(line.indexOf(':') + 1).strip().split(" +"));
      if (head.startsWith("group ")) {
        groups.put(head.substring("group ".length()), names(words, Map.of()));
      } else if (head.startsWith("library ")) {
        libraries.put(head.substring("library ".length()), names(words, groups));
      } else {
        packages.put(name(head), names(words, groups));
      }
    }
    return new PackageTable(packages, libraries);
  }

  /// Returns the prefix of the library that a class outside of Detent belongs to.
  Optional<String> libraryOf(String packageName) {
    return libraries.keySet().stream()
        .filter(prefix -> packageName.equals(prefix) || packageName.startsWith(prefix + "."))
        .findFirst();
  }

  private static Set<String> names(List<String> words, Map<String, Set<String>> groups) {
    var names = new TreeSet<String>();
    for (String word : words) {
      if (groups.containsKey(word)) {
        names.addAll(groups.get(word));
      } else if (!word.equals("-")) {
        names.add(name(word));
      }
    }
    return names;
  }

  private static String name(String word) {
    return word.equals("root") ? ROOT : ROOT + "." + word;
  }
}
