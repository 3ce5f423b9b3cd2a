// SPDX-License-Identifier: Apache-2.0
package dev.detent.checks.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.checks.Finding;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Proves that the docs test refuses what does not exist, and only that.
final class DocRulesTest {
  private static final Facts FACTS =
      new Facts(
          Set.of(
              "doc/",
              "doc/a.md",
              "doc/b.md",
              "README.md",
              "core/",
              "core/pom.xml",
              "scripts/go",
              "LICENSE"),
          Set.of(
              "dev.detent", "dev.detent.engine", "dev.detent.sql", "dev.detent.engine.LaneClock"),
          Map.of("LaneClock", Set.of("tick"), "LaneTest", Set.of()),
          Set.of("ArrayList"),
          Map.of("", Set.of("--help"), "serve", Set.of("--store", "--examples")),
          Set.of("DETENT_STORE"),
          Set.of("detent_event", "detent_commits_total"));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[x](gone.md)",
        "[x](../core/gone)",
        "[x](#nowhere)",
        "[x](../README.md#nowhere)",
        "[x](https://)",
        "[x](<http://a b>)",
        "![x](gone.png)",
        "`dev.detent.gone`",
        "`dev.detent.engine.Gone`",
        "`dev.detent.engine.LaneClock.Gone`",
        "`LaneGone`",
        "`@LaneGone`",
        "`LaneGone.java`",
        "`LaneClock.tock()`",
        "`LaneClock#tock`",
        "`gone.md`",
        "`core/gone`",
        "`core/src/Gone.java`",
        "`scripts/gone`",
        "`./scripts/gone --now`",
        "`DETENT_GONE`",
        "`detent_gone`",
        "`select * from detent_gone`",
        "`--gone`",
        "`--gone=1`",
        "`./detent gone`",
        "`./detent --gone`",
        "`./detent serve --gone`",
        "`./detent serve [--store URL] [--gone HOST]`",
        "`./mvnw -pl gone test`",
        "`./mvnw -pl core,gone test`",
        "`./mvnw -Dtest=GoneTest test`",
        "```\n./detent serve \\\n  --gone\n```",
        "```\n$ ./detent gone\n```",
        "```java\nimport dev.detent.engine.Gone;\n```",
        "```sql\nselect 1 from detent_gone;\n```",
        "| a | b |\n|---|---|\n| `LaneGone` | x |",
      })
  void refuses(String text) {
    assertThat(check(text)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "# Some `code`, here\n\n[x](#some-code-here)",
        "# A\n\n# A\n\n[x](#a-1)",
        "[x](../README.md#top)",
        "[x](a.md)",
        "[x](../core) [x](../core/)",
        "[x](https://example.org/a?b#c)",
        "`dev.detent` `dev.detent:detent-core` `dev.detent.sql` `dev.detent.engine.LaneClock`",
        "`LaneClock` `LaneClock.tick(int)` `LaneClock#tick` `ArrayList` `Up` `HTTP`",
        "`a.md` `FILE.json` `core/pom.xml` `application/json` `/api/machines`",
        "`DETENT_STORE` `detent_event` `detent_commits_total` `detent ready`",
        "`--store URL` `--examples` `-pl`",
        "`./detent` `./detent --help` `./detent serve --store sqlite:x [--examples]`",
        "`./mvnw -q -pl core -am test -Dtest=LaneTest#runs` `./mvnw verify`",
        "`scripts/go now`",
        "LaneGone without ticks",
        "```\n$ ./detent serve \\\n  --store x\n```",
      })
  void accepts(String text) {
    assertThat(check(text)).isEmpty();
  }

  @Test
  void saysWhereWhatAndWhatToDo() {
    assertThat(check("# A\n\ntext\nmore `core/gone`."))
        .singleElement()
        .hasToString("doc/b.md:4: expected a path of the repository, got 'core/gone'; correct it");
  }

  private static List<Finding> check(String text) {
    Markdown page = Markdown.parse("doc/b.md", text);
    return DocRules.check(
        page, FACTS, Map.of("doc/b.md", page.anchors(), "README.md", Set.of("top")));
  }
}
