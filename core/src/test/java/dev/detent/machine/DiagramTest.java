// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.codec.Json;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class DiagramTest {
  private static final Machine TURNSTILE =
      Machine.parse(
          null,
          Json.parse(
              """
              {"id":"turnstile","initial":"locked","states":{
                "locked":{"on":{"coin":"unlocked","break":"out of order"}},
                "unlocked":{"on":{"push":"locked","coin":"unlocked"},"after":{"PT30S":"locked"}},
                "out of order":{"type":"final"}}}
              """));

  private static final List<String> STRANGE =
      List.of(
          "end",
          "State",
          "s2",
          "a b",
          "a\"b",
          "a\\",
          "\\N",
          "[*]",
          "[[*]]",
          "a: b;c",
          "%% x",
          "#1;",
          "<b>&amp;</b>",
          "\u00e9t\u00e9",
          "\u72b6\u6001",
          "\ud83d\ude00",
          "-->",
          "a{b}",
          "1",
          "note");

  private static Machine strange() {
    var states = new LinkedHashMap<String, Json>();
    for (int i = 0; i < STRANGE.size(); i++) {
      String next = STRANGE.get((i + 1) % STRANGE.size());
      states.put(
          STRANGE.get(i), Json.object(Map.of("on", Json.object(Map.of("go", Json.string(next))))));
    }
    var members = new LinkedHashMap<String, Json>();
    members.put("initial", Json.string("end"));
    members.put("states", Json.object(states));
    return Machine.parse("strange", Json.object(members));
  }

  @Test
  void drawsMermaid() {
    assertThat(Diagram.mermaid(TURNSTILE))
        .isEqualTo(
            """
            stateDiagram-v2
              locked
              unlocked
              state "out of order" as s3
              [*] --> locked
              locked --> unlocked : coin
              locked --> s3 : break
              unlocked --> locked : push
              unlocked --> unlocked : coin
              unlocked --> locked : after 30s
              s3 --> [*]
            """);
  }

  @Test
  void drawsDot() {
    assertThat(Diagram.dot(TURNSTILE))
        .isEqualTo(
            """
            digraph "turnstile" {
              rankdir=LR;
              node [shape=box, style=rounded];
              "[*]" [shape=point, label=""];
              "locked" [label="locked"];
              "unlocked" [label="unlocked"];
              "out of order" [label="out of order", peripheries=2];
              "[*]" -> "locked";
              "locked" -> "unlocked" [label="coin"];
              "locked" -> "out of order" [label="break"];
              "unlocked" -> "locked" [label="push"];
              "unlocked" -> "unlocked" [label="coin"];
              "unlocked" -> "locked" [label="after 30s"];
            }
            """);
  }

  @Test
  void drawsCreatingCommands() {
    Machine payment =
        Machine.define("payment", MachineBuilderTest.Payment.class)
            .initial(MachineBuilderTest.Payment.Created.class)
            .to(MachineBuilderTest.Payment.Failed.class)
            .build();
    assertThat(Diagram.mermaid(payment))
        .contains("  [*] --> Created : Created\n", "  Failed --> [*]\n")
        .doesNotContain("  [*] --> Created\n");
    assertThat(Diagram.dot(payment)).contains("  \"[*]\" -> \"Created\" [label=\"Created\"];\n");
  }

  @Test
  void keepsMermaidWellFormedForAnyName() {
    var line =
        Pattern.compile(
            "  (?:(?<plain>\\w+)|state \"(?<label>[\\p{L}\\p{Nd} _.#;-]*)\" as (?<alias>\\w+)"
                + "|(?<from>\\w+|\\[\\*]) --> (?<to>\\w+)(?: : go)?)");
    var labels = new LinkedHashMap<String, String>();
    var used = new HashSet<String>();
    List<String> lines = Diagram.mermaid(strange()).lines().toList();
    for (String text : lines.subList(1, lines.size())) {
      Matcher matcher = line.matcher(text);
      assertThat(matcher.matches()).as(text).isTrue();
      if (matcher.group("plain") != null) {
        labels.put(matcher.group("plain"), matcher.group("plain"));
      } else if (matcher.group("alias") != null) {
        labels.put(matcher.group("alias"), unescaped(matcher.group("label")));
      } else {
        used.add(matcher.group("to"));
      }
    }
    assertThat(labels.values()).containsExactlyElementsOf(STRANGE);
    assertThat(used).isEqualTo(labels.keySet());
  }

  private static String unescaped(String label) {
    return Pattern.compile("#(\\d+);")
        .matcher(label)
        .replaceAll(
            code -> Matcher.quoteReplacement(Character.toString(Integer.parseInt(code.group(1)))));
  }

  @Test
  void keepsDotWellFormedForAnyName() {
    String quoted = "\"((?:[^\"\\\\]|\\\\.)*)\"";
    var node = Pattern.compile("  " + quoted + " \\[label=" + quoted + "];");
    var edge = Pattern.compile("  " + quoted + " -> " + quoted + "(?: \\[label=\"go\"])?;");
    var labels = new LinkedHashMap<String, String>();
    List<String> lines = Diagram.dot(strange()).lines().toList();
    assertThat(lines.get(3)).isEqualTo("  \"[[[*]]]\" [shape=point, label=\"\"];");
    for (String text : lines.subList(4, lines.size() - 1)) {
      Matcher found = node.matcher(text);
      if (found.matches()) {
        String label = found.group(2).replaceAll("\\\\(.)", "$1").replace("&amp;", "&");
        labels.put(found.group(1), label);
      } else {
        found = edge.matcher(text);
        assertThat(found.matches()).as(text).isTrue();
        assertThat(labels).containsKey(found.group(2));
      }
    }
    assertThat(labels.values()).containsExactlyElementsOf(STRANGE);
  }

  @Test
  void writesTables() {
    assertThat(Diagram.markdown(TURNSTILE))
        .isEqualTo(
            """
            # turnstile

            | state | | description |
            |---|---|---|
            | locked | initial | |
            | unlocked | | |
            | out of order | final | |

            | from | cause | to | handler | description |
            |---|---|---|---|---|
            | locked | coin | unlocked | | |
            | locked | break | out of order | | |
            | unlocked | push | locked | | |
            | unlocked | coin | unlocked | | |
            | unlocked | after 30s | locked | | |
            """);
  }

  @Test
  void keepsTablesWholeForAnyName() {
    assertThat(Diagram.markdown(strange()).lines())
        .contains("| a b | | |", "| \\[\\*\\] | | |", "| \\<b\\>\\&amp;\\</b\\> | | |");
  }
}
