// SPDX-License-Identifier: Apache-2.0
package dev.detent.checks.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.checks.Repository;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Holds the packages of all modules to the table in `packages.txt`.
final class PackageGraphTest {
  private static PackageGraph graph;
  private static PackageTable table;

  @BeforeAll
  static void read() throws IOException {
    List<Path> classes =
        Repository.MODULES.stream()
            .flatMap(module -> Repository.classes(module, "classes").stream())
            .toList();
    graph = PackageGraph.read(classes);
    try (var in = PackageGraphTest.class.getResourceAsStream("packages.txt")) {
      table = PackageTable.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @Test
  void seesTheClassesOfTheLibrary() {
    assertThat(graph.packages()).contains("dev.detent", "dev.detent.store", "dev.detent.engine");
    assertThat(graph.uses()).contains(new Use("dev.detent.store.EventRow", "dev.detent.Key"));
  }

  @Test
  void packagesUseOnlyWhatTheTableAllows() {
    List<String> faults = graph.against(table);

    assertThat(faults).withFailMessage(() -> String.join("\n", faults)).isEmpty();
  }

  @Test
  void packagesFormNoCycle() {
    List<String> cycles = graph.cycles();

    assertThat(cycles).withFailMessage(() -> String.join("\n", cycles)).isEmpty();
  }
}
