// SPDX-License-Identifier: Apache-2.0
package dev.detent.checks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Reads the files of this repository, without what builds and runs leave behind.
public final class Repository {
  /// The folders that nobody wrote.
  private static final Set<String> LEFT_BEHIND =
      Set.of("target", ".git", ".idea", ".vscode", ".settings", "detent-data", "node_modules");

  /// The modules, as in the root's pom.xml.
  public static final List<String> MODULES =
      List.of("core", "processor", "testkit", "server", "examples", "bench", "chaos", "checks");

  private Repository() {}

  /// Returns the root folder.
  public static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.exists(folder.resolve("mvnw"))) {
      folder = folder.getParent();
    }
    if (folder == null) {
      throw new IllegalStateException("root: expected a folder with mvnw above, got none");
    }
    return folder;
  }

  /// Returns the paths of all files below the root, with `/` between the names, in order.
  public static List<String> files() {
    var files = new TreeMap<String, Path>();
    Path root = root();
    var visitor =
        new SimpleFileVisitor<Path>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return LEFT_BEHIND.contains(folder.getFileName().toString())
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            files.put(root.relativize(file).toString().replace('\\', '/'), file);
            return FileVisitResult.CONTINUE;
          }
        };
    try {
      Files.walkFileTree(root, visitor);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return List.copyOf(files.keySet());
  }

  /// Returns the text of every file whose path ends in a suffix, by path.
  public static Map<String, String> texts(String suffix) {
    var texts = new TreeMap<String, String>();
    files().stream()
        .filter(file -> file.endsWith(suffix))
        .forEach(file -> texts.put(file, text(file)));
    return texts;
  }

  /// Returns the text of one file.
  public static String text(String file) {
    try {
      return Files.readString(root().resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Returns the compiled classes of a module; none if it is not there.
  ///
  /// @param folder `classes` or `test-classes`
  public static List<Path> classes(String module, String folder) {
    Path top = root().resolve(module).resolve("target").resolve(folder);
    if (!Files.isDirectory(top)) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(top)) {
      return all.filter(file -> file.toString().endsWith(".class")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
