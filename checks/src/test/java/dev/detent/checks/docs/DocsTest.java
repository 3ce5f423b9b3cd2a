// SPDX-License-Identifier: Apache-2.0
package dev.detent.checks.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.checks.Finding;
import dev.detent.checks.Repository;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Holds every Markdown file to what exists: links, anchors, types, files, commands, options,
/// environment variables and tables.
final class DocsTest {
  private static List<Markdown> pages = List.of();
  private static Facts facts;

  @BeforeAll
  static void read() {
    pages =
        Repository.texts(".md").entrySet().stream()
            .map(page -> Markdown.parse(page.getKey(), page.getValue()))
            .toList();
    facts = FactsReader.read();
  }

  @Test
  void seesThePagesAndWhatTheySpeakOf() {
    assertThat(pages)
        .extracting(Markdown::file)
        .contains("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md");
    assertThat(facts.types()).contains("dev.detent", "dev.detent.engine.Engine");
    assertThat(facts.members()).containsKeys("Engine", "DocsTest");
    assertThat(facts.platformTypes()).contains("Duration", "DataSource");
    assertThat(facts.files()).contains("core/", "core/pom.xml");
  }

  @Test
  void seesTheCommandLineOnceItIsThere() {
    boolean there = facts.files().contains("server/src/main/java/dev/detent/server/cli/");

    assertThat(facts.commands().containsKey("serve")).isEqualTo(there);
    assertThat(facts.isOption("--no-such-option")).isEqualTo(!there);
  }

  @Test
  void pagesSpeakOnlyOfWhatExists() {
    Map<String, Set<String>> anchors =
        pages.stream().collect(Collectors.toMap(Markdown::file, Markdown::anchors));
    List<Finding> findings =
        pages.stream().flatMap(page -> DocRules.check(page, facts, anchors).stream()).toList();

    assertThat(findings).withFailMessage(() -> Finding.report(findings)).isEmpty();
  }
}
