// SPDX-License-Identifier: Apache-2.0
package dev.detent.processor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Holds a source that breaks a rule, and what is to be said about it: `//! KIND TEXT` at the end
/// of the line that it belongs to.
///
/// @param name what is wrong
/// @param text the source
/// @param compilerOnly whether the run time has no such rule
record BrokenSource(String name, String text, boolean compilerOnly) {
  private static final String HEAD =
      "package p; import dev.detent.annotation.*; import dev.detent.machine.Next;"
          + " import dev.detent.Key; import dev.detent.handler.Context; import java.time.Instant; ";
  private static final Pattern MARK = Pattern.compile(" *//! (\\w+) (.*)");
  private static final String ONLY = " (compiler only)";

  /// Reads the sources of a file: each begins with `== NAME`.
  static Stream<BrokenSource> of(String file) {
    try (InputStream in = BrokenSource.class.getResourceAsStream(file)) {
      var text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      return Stream.of(text.split("(?m)^== ")).skip(1).map(BrokenSource::section);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static BrokenSource section(String section) {
    String name = section.lines().findFirst().orElseThrow();
    String text = HEAD + section.substring(name.length()).strip() + "\n";
    return new BrokenSource(name.replace(ONLY, ""), text, name.endsWith(ONLY));
  }

  /// Returns what is to be said, as `KIND LINE: TEXT`.
  List<String> expected() {
    var expected = new ArrayList<String>();
    int line = 0;
    for (String text : text.lines().toList()) {
      line++;
      var mark = MARK.matcher(text);
      if (mark.find()) {
        expected.add(mark.group(1) + " " + line + ": " + mark.group(2));
      }
    }
    return expected;
  }

  @Override
  public String toString() {
    return name;
  }
}
