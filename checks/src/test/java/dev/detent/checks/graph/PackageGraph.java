// SPDX-License-Identifier: Apache-2.0
package dev.detent.checks.graph;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Holds which class of Detent uses which class, as the compiled classes say it.
///
/// @param packages all packages that have classes
/// @param uses each use across packages, except of the JDK's modules
record PackageGraph(Set<String> packages, List<Use> uses) {
  private static final String ROOT = "dev.detent";

  /// A type in a descriptor or signature.
  private static final Pattern TYPE = Pattern.compile("L([\\w$]+(?:/[\\w$]+)+)[;<]");

  private static final Set<String> JDK_PACKAGES =
      ModuleLayer.boot().modules().stream()
          .map(Module::getDescriptor)
          .filter(module -> module.name().startsWith("java."))
          .map(ModuleDescriptor::packages)
          .flatMap(Set::stream)
          .collect(Collectors.toSet());

  /// Reads compiled classes.
  static PackageGraph read(Collection<Path> classes) {
    var packages = new TreeSet<String>();
    var uses = new ArrayList<Use>();
    for (Path file : classes) {
      ClassModel model = parse(file);
      String user = dotted(model.thisClass().asInternalName());
      model.constantPool().forEach(entry -> types(entry).forEach(t -> uses.add(new Use(user, t))));
      packages.add(new Use(user, user).fromPackage());
    }
    uses.removeIf(use -> use.fromPackage().equals(use.toPackage()));
    uses.removeIf(use -> JDK_PACKAGES.contains(use.toPackage()));
    return new PackageGraph(packages, uses.stream().distinct().toList());
  }

  /// Returns what the table does not allow.
  List<String> against(PackageTable table) {
    var faults = new ArrayList<String>();
    for (String name : packages) {
      if (!table.packages().containsKey(name)) {
        faults.add(name + ": expected a row in packages.txt, got none; add what it may use");
      }
    }
    uses.stream()
        .map(use -> fault(use, table))
        .filter(fault -> !fault.isEmpty())
        .forEach(faults::add);
    return faults;
  }

  /// Returns the rows of the table that speak of packages that are gone.
  List<String> outdated(PackageTable table) {
    return table.packages().keySet().stream()
        .filter(name -> !packages.contains(name))
        .map(name -> name + ": expected a package with classes, got none; drop its row")
        .toList();
  }

  private static String fault(Use use, PackageTable table) {
    boolean own = use.toPackage().equals(ROOT) || use.toPackage().startsWith(ROOT + ".");
    if (own) {
      Set<String> allowed = table.packages().getOrDefault(use.fromPackage(), Set.of());
      return allowed.contains(use.toPackage())
          ? ""
          : use.user() + ": expected uses of " + allowed + ", got " + use.used() + "; cut it";
    }
    String library = table.libraryOf(use.toPackage()).orElse("");
    Set<String> users = table.libraries().getOrDefault(library, Set.of());
    return users.contains(use.fromPackage())
        ? ""
        : use.user() + ": expected libraries of its row, got " + use.used() + "; do without it";
  }

  /// Returns every cycle of packages once, each edge with a class that makes it.
  List<String> cycles() {
    Map<String, Set<String>> edges = new TreeMap<>();
    packages.forEach(name -> edges.put(name, new TreeSet<>()));
    uses.stream()
        .filter(use -> packages.contains(use.toPackage()))
        .forEach(use -> edges.get(use.fromPackage()).add(use.toPackage()));
    var seen = new TreeSet<String>();
    var cycles = new ArrayList<String>();
    for (String start : edges.keySet()) {
      List<String> cycle = seen.contains(start) ? List.of() : shortestCycle(start, edges);
      if (!cycle.isEmpty()) {
        seen.addAll(cycle);
        cycles.add(describe(cycle));
      }
    }
    return cycles;
  }

  private static List<String> shortestCycle(String start, Map<String, Set<String>> edges) {
    var paths = new TreeMap<String, List<String>>();
    Deque<String> queue = new ArrayDeque<>(List.of(start));
    paths.put(start, List.of(start));
    while (!queue.isEmpty()) {
      String name = queue.remove();
      if (edges.get(name).contains(start)) {
        return paths.get(name);
      }
      for (String next : edges.get(name)) {
        List<String> path = Stream.concat(paths.get(name).stream(), Stream.of(next)).toList();
        if (paths.putIfAbsent(next, path) == null) {
          queue.add(next);
        }
      }
    }
    return List.of();
  }

  private String describe(List<String> cycle) {
    var out = new StringBuilder("expected no cycle, got");
    for (int i = 0; i < cycle.size(); i++) {
      String from = cycle.get(i);
      String to = cycle.get((i + 1) % cycle.size());
      Use use =
          uses.stream()
              .filter(u -> u.fromPackage().equals(from) && u.toPackage().equals(to))
              .findFirst()
              .orElseThrow();
      out.append("\n  ").append(use.user()).append(" -> ").append(use.used());
    }
    return out.append("\n  cut one of them").toString();
  }

  private static Stream<String> types(PoolEntry entry) {
    return switch (entry) {
      case ClassEntry type when type.asInternalName().charAt(0) != '[' ->
          Stream.of(dotted(type.asInternalName()));
      case Utf8Entry text ->
          TYPE.matcher(text.stringValue()).results().map(match -> dotted(match.group(1)));
      default -> Stream.of();
    };
  }

  private static String dotted(String internalName) {
    return internalName.replace('/', '.');
  }

  private static ClassModel parse(Path file) {
    try {
      return ClassFile.of().parse(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
