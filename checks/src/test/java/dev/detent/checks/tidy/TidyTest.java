// SPDX-License-Identifier: Apache-2.0
package dev.detent.checks.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.checks.Finding;
import dev.detent.checks.Repository;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Holds every Java file of the repository to the rules of CONTRIBUTING.md.
final class TidyTest {
  private static List<Source> sources = List.of();

  @BeforeAll
  static void parse() {
    sources = Source.parse(Repository.texts(".java"));
  }

  @Test
  void seesTheSourcesOfAllModules() {
    assertThat(sources.stream().map(Source::module).distinct()).contains("core", "checks");
    assertThat(sources).extracting(Source::file).anyMatch(file -> file.endsWith("TidyTest.java"));
  }

  @ParameterizedTest
  @EnumSource(Rule.class)
  void everyFileKeeps(Rule rule) {
    expectNone(sources.parallelStream().flatMap(file -> rule.check(file).stream()).toList());
  }

  @Test
  void everyPackageSaysWhatItIsFor() {
    expectNone(PackageRules.packageInfo(sources));
  }

  @Test
  void atLeastHalfOfAllTypesAreHidden() {
    var counts = PackageRules.hidden(sources);
    System.out.println("hidden types: " + counts);

    expectNone(PackageRules.tooOpen(counts));
  }

  private static void expectNone(List<Finding> findings) {
    assertThat(findings).withFailMessage(() -> Finding.report(findings)).isEmpty();
  }
}
