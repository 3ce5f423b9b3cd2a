// SPDX-License-Identifier: Apache-2.0
package dev.detent.checks.docs;

import dev.detent.checks.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/// Reads from this repository what Markdown may speak of.
final class FactsReader {
  private static final Pattern CREATED =
      Pattern.compile("(?i)create (?:unique )?(?:table|index) (?:if not exists )?(detent_\\w+)");
  private static final Pattern METER = Pattern.compile("\"(detent(?:\\.[a-z]+)+)\"");
  private static final Pattern VARIABLE = Pattern.compile("\\bDETENT_[A-Z_]+");
  private static final List<String> METER_ENDINGS =
      List.of(
          "",
          "_total",
          "_seconds",
          "_seconds_count",
          "_seconds_sum",
          "_seconds_bucket",
          "_seconds_max",
          "_count",
          "_sum",
          "_bucket",
          "_max");
  private static final List<String> PLATFORM =
      List.of(
          "java.base/java/lang",
          "java.base/java/util",
          "java.base/java/time",
          "java.base/java/io",
          "java.base/java/nio",
          "java.base/java/net",
          "java.sql/java/sql",
          "java.sql/javax/sql");

  private final Set<String> types = new TreeSet<>();
  private final Map<String, Set<String>> members = new HashMap<>();

  private FactsReader() {}

  static Facts read() {
    var reader = new FactsReader();
    Repository.MODULES.forEach(module -> reader.readClasses(module));
    var files = new TreeSet<String>();
    Repository.files().forEach(file -> addWithFolders(file, files));
    return new Facts(
        files,
        reader.types,
        reader.members,
        platformTypes(),
        CommandLines.options(),
        variables(),
        tables());
  }

  private void readClasses(String module) {
    Stream.of("classes", "test-classes")
        .flatMap(folder -> Repository.classes(module, folder).stream())
        .forEach(this::readClass);
  }

  private void readClass(Path file) {
    ClassModel model = parse(file);
    String name = model.thisClass().asInternalName().replace('/', '.');
    String dotted = name.replace('$', '.');
    types.add(dotted);
    for (String above = name; above.contains("."); ) {
      above = above.substring(0, above.lastIndexOf('.'));
      types.add(above);
    }
    String simple = dotted.substring(dotted.lastIndexOf('.') + 1);
    Set<String> own = members.computeIfAbsent(simple, key -> new TreeSet<>());
    model.methods().forEach(method -> own.add(method.methodName().stringValue()));
    model.fields().forEach(field -> own.add(field.fieldName().stringValue()));
    int nested = name.lastIndexOf('$');
    if (nested > 0) {
      String outer = dotted.substring(0, nested);
      String outerSimple = outer.substring(outer.lastIndexOf('.') + 1);
      members.computeIfAbsent(outerSimple, key -> new TreeSet<>()).add(simple);
    }
  }

  private static ClassModel parse(Path file) {
    try {
      return ClassFile.of().parse(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void addWithFolders(String file, Set<String> files) {
    files.add(file);
    for (int slash = file.indexOf('/'); slash >= 0; slash = file.indexOf('/', slash + 1)) {
      files.add(file.substring(0, slash + 1));
    }
  }

  /// Returns the simple names of the JDK's types, and of the annotations that all code uses.
  private static Set<String> platformTypes() {
    Set<String> names = jdkTypes();
    names.addAll(List.of(NullMarked.class.getSimpleName(), Nullable.class.getSimpleName()));
    return names;
  }

  private static Set<String> jdkTypes() {
    return PLATFORM.stream()
        .map(folder -> FileSystems.getFileSystem(URI.create("jrt:/")).getPath("/modules", folder))
        .flatMap(FactsReader::walk)
        .map(file -> file.getFileName().toString())
        .filter(name -> name.endsWith(".class") && !name.contains("$"))
        .map(name -> name.substring(0, name.length() - ".class".length()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Stream<Path> walk(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Returns the tables and indexes that migrations create, and the names that Prometheus derives
  /// from the server's meters.
  private static Set<String> tables() {
    var names = new TreeSet<String>();
    Repository.texts(".sql").values().forEach(sql -> names.addAll(matches(CREATED, sql)));
    Repository.texts(".java").entrySet().stream()
        .filter(file -> file.getKey().startsWith("server/src/main/"))
        .flatMap(file -> matches(METER, file.getValue()).stream())
        .map(meter -> meter.replace('.', '_'))
        .forEach(meter -> METER_ENDINGS.forEach(ending -> names.add(meter + ending)));
    return names;
  }

  /// Returns the variables of settings, and those that scripts read.
  private static Set<String> variables() {
    Set<String> names =
        CommandLines.settings().stream()
            .map(setting -> "DETENT_" + setting)
            .collect(Collectors.toCollection(TreeSet::new));
    Repository.files().stream()
        .filter(file -> file.equals("detent") || file.matches("(scripts|\\.ci)/[^.]*"))
        .forEach(file -> names.addAll(matches(VARIABLE, Repository.text(file))));
    return names;
  }

  private static List<String> matches(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map((MatchResult result) -> result.group(Math.min(1, result.groupCount())))
        .toList();
  }
}
