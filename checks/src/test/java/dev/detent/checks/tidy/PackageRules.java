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

  /// Counts what is hidden, package by package: the top-level types of core and server that are
  /// package-private, against all but annotations, which are of no use unless they are public.
  static Map<String, Hidden> hidden(List<Source> sources) {
    var counts = new TreeMap<String, Hidden>();
    sources.stream()
        .filter(source -> source.isMain() && HIDING_MODULES.contains(source.module()))
        .forEach(source -> counts.merge(source.packageName(), count(source), Hidden::plus));
    return counts;
  }

  /// Finds out whether less than half of all these types are hidden, taken together: a package of
  /// words or of rows has nothing to hide, so others have to hide the more.
  static List<Finding> tooOpen(Map<String, Hidden> counts) {
    Hidden all = counts.values().stream().reduce(new Hidden(0, 0), Hidden::plus);
    return all.isHalf()
        ? List.of()
        : List.of(
            new Finding(
                "core, server",
                1,
                "at least half of the top-level types package-private",
                all + " " + counts,
                "make what only its own package needs package-private"));
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
      return hidden + " of " + all;
    }
  }
}
