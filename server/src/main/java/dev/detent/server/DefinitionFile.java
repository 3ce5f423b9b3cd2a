// SPDX-License-Identifier: Apache-2.0
package dev.detent.server;

import dev.detent.DetentException;
import dev.detent.ErrorCode;
import dev.detent.Problem;
import dev.detent.codec.Json;
import dev.detent.machine.Machine;
import java.nio.file.Path;
import java.util.ArrayList;

/// Reads a machine from a file with its definition as JSON.
public final class DefinitionFile {
  private DefinitionFile() {}

  /// Reads a machine. Its name is the definition's `id`, or else the file's name without `.json`.
  ///
  /// @param file the file
  /// @param bytesMax the largest size that is read, in bytes
  /// @throws dev.detent.UnavailableException if the file can't be read
  /// @throws dev.detent.RefusedException INVALID_DEFINITION, in one line that names the file and
  ///   all problems
  public static Machine read(Path file, long bytesMax) {
    String text = TextFile.read("definition", file, bytesMax);
    try {
      Json definition = Json.parse(text);
      return Machine.parse(name(file, definition), definition);
    } catch (DetentException e) {
      throw Problem.of(ErrorCode.INVALID_DEFINITION, file + ": " + oneLine(e.problem()))
          .exception();
    }
  }

  private static String name(Path file, Json definition) {
    Json id = definition.isObject() ? definition.members().get("id") : null;
    if (id != null && id.text().startsWith("\"")) {
      return id.text().substring(1, id.text().length() - 1);
    }
    String name = String.valueOf(file.getFileName());
    return name.endsWith(".json") ? name.substring(0, name.length() - 5) : name;
  }

  private static String oneLine(Problem problem) {
    String text =
        problem.members().get("problems") instanceof Iterable<?> several
            ? String.join("; ", strings(several))
            : problem.detail();
    return text.replaceAll("\\s*\\R\\s*", " ");
  }

  private static Iterable<String> strings(Iterable<?> several) {
    var strings = new ArrayList<String>();
    several.forEach(each -> strings.add(String.valueOf(each)));
    return strings;
  }
}
