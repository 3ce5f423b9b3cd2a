// SPDX-License-Identifier: Apache-2.0
package dev.detent.checks.tidy;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.Tree;
import dev.detent.checks.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.lang.model.element.Modifier;

/// Holds the rules that look at all files of a package together.
final class PackageRules {
  /// The packages that are vocabulary for others and so have nothing to hide: the words that all
  /// share, and the rows of the store's service provider interface.
  static final Set<String> VOCABULARY = Set.of("dev.detent", "dev.detent.store");

  /// How many types a package may have before it must hide some.
  static final int SMALL_PACKAGE_TYPES_MAX = 6;

  private static final Set<String> HIDING_MODULES = Set.of("core", "server");

  private PackageRules() {}

  /// Finds packages of main code without a package-info that says `@NullMarked`.
  static List<Finding> packageInfo(List<Source> sources) {
    var packages =
        sources.stream()
            .filter(Source::isMain)
            .collect(Collectors.groupingBy(PackageRules::folder));
    var findings = new ArrayList<Finding>();
    packages.forEach((folder, files) -> {
      boolean marked = files.stream().anyMatch(PackageRules::isNullMarkedPackage);
      if (!marked) {
        findings.add(
            new Finding(
                folder + "/package-info.java",
                1,
                "a package-info.java with a /// comment and @NullMarked",
                "none",
                "say there what the package is for, where to start and what it may import"));
      }
    });
    return findings;
  }

  /// Counts what is hidden: the top-level types of core and server that are package-private,
  /// against all, package by package. Left out are small packages, [#VOCABULARY], and annotations,
  /// which are of no use unless they are public.
  static Map<String, Hidden> hidden(List<Source> sources) {
    var counts = new TreeMap<String, Hidden>();
    sources.stream()
        .filter(source -> source.isMain() && HIDING_MODULES.contains(source.module()))
        .filter(source -> !VOCABULARY.contains(source.packageName()))
        .forEach(source -> counts.merge(source.packageName(), count(source), Hidden::plus));
    counts.values().removeIf(count -> count.all() <= SMALL_PACKAGE_TYPES_MAX);
    return counts;
  }

  private static Hidden count(Source source) {
    List<ClassTree> types =
        source.topLevelTypes().stream()
            .filter(type -> type.getKind() != Tree.Kind.ANNOTATION_TYPE)
            .toList();
    long hidden =
        types.stream()
            .filter(type -> !type.getModifiers().getFlags().contains(Modifier.PUBLIC))
            .count();
    return new Hidden((int) hidden, types.size());
  }

  private static String folder(Source source) {
    return source.file().substring(0, source.file().lastIndexOf('/'));
  }

  private static boolean isNullMarkedPackage(Source source) {
    return source.file().endsWith("/package-info.java")
        && source.text().contains("\n/// ")
        && source.unit().getPackageAnnotations().stream()
            .map(AnnotationTree::getAnnotationType)
            .anyMatch(type -> type.toString().equals("NullMarked"));
  }

  /// Holds how many types are package-private, of how many.
  record Hidden(int hidden, int all) {
    Hidden plus(Hidden other) {
      return new Hidden(hidden + other.hidden, all + other.all);
    }

    boolean isHalf() {
      return hidden * 2 >= all;
    }

    @Override
    public String toString() {
      return hidden + " of " + all + " package-private";
    }
  }
}
