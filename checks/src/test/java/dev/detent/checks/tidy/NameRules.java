// SPDX-License-Identifier: Apache-2.0
package dev.detent.checks.tidy;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.Tree;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Holds the rules that look at names of types and packages.
final class NameRules {
  private static final Set<String> VAGUE_WORDS =
      Set.of(
          "Impl",
          "Manager",
          "Helper",
          "Util",
          "Abstract",
          "Base",
          "Default",
          "Common",
          "Misc",
          "Data",
          "Info");
  private static final Set<String> VAGUE_PACKAGES =
      Set.of("internal", "impl", "util", "utils", "common", "misc", "helper", "helpers");
  private static final Pattern WORD_BORDER =
      Pattern.compile("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|_");

  private NameRules() {}

  static List<Place> typeName(Source source) {
    return source.all(ClassTree.class).stream()
        .filter(type -> vagueWord(type.getSimpleName().toString()).isPresent())
        .map(type -> new Place(source.line(type), type.getSimpleName().toString()))
        .toList();
  }

  static List<Place> interfaceName(Source source) {
    return source.all(ClassTree.class).stream()
        .filter(type -> type.getKind() == Tree.Kind.INTERFACE)
        .filter(type -> type.getSimpleName().toString().matches("I[A-Z].*"))
        .map(type -> new Place(source.line(type), type.getSimpleName().toString()))
        .toList();
  }

  static List<Place> packageName(Source source) {
    boolean vague =
        Arrays.stream(source.packageName().split("\\.")).anyMatch(VAGUE_PACKAGES::contains);
    return vague
        ? List.of(new Place(source.line(source.unit().getPackage()), source.packageName()))
        : List.of();
  }

  private static Optional<String> vagueWord(String name) {
    return Arrays.stream(WORD_BORDER.split(name))
        .map(word -> word.endsWith("s") ? word.substring(0, word.length() - 1) : word)
        .filter(VAGUE_WORDS::contains)
        .findFirst();
  }
}
