// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandsTest {
  private static final String TURNSTILE =
      """
      {"id":"turnstile","initial":"locked","states":{
        "locked":{"on":{"coin":"unlocked"}},
        "unlocked":{"on":{"push":"locked"},"after":{"30s":"locked"}}}}
      """;

  @TempDir Path folder;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void showsHelp() {
    assertThat(run("--help")).isZero();
    assertThat(text(out)).startsWith("Usage: detent").contains("dev", "serve", "schema", "diagram");
    assertThat(text(err)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev", "serve", "schema", "diagram"})
  void showsHelpOfEachCommand(String command) {
    assertThat(run(command, "--help")).isZero();
    assertThat(text(out)).startsWith("Usage: detent " + command);
  }

  @Test
  void describesEveryOption() {
    run("serve", "--help");

    assertThat(text(out).replaceAll("\\s+", " "))
        .contains("--store=URL", "--http=HOST:PORT", "--define=FILE", "--examples", "--config=FILE")
        .contains("(default: 127.0.0.1:8080)");
  }

  @Test
  void showsTheVersion() {
    assertThat(run("--version")).isZero();
    assertThat(text(out)).matches("detent \\d+\\.\\d+\\.\\d+\\S*\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "serve --nonsense",
        "serve extra",
        "serve --http",
        "schema",
        "schema a b",
        "diagram",
      })
  void answersWrongUseWithTheUsageAndOne(String arguments) {
    assertThat(run(arguments.isEmpty() ? new String[0] : arguments.split(" "))).isEqualTo(1);
    assertThat(text(out)).isEmpty();
    assertThat(text(err)).startsWith("detent: ").contains("Usage: detent");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "serve --http 8080",
        "serve --http 127.0.0.1:65536",
        "serve --redis 6379",
        "serve --store mysql://me:secret@host/db",
        "serve --store mariadb://me:secret@host:x/db",
        "serve --store postgresql://me:secret@host:x/db",
        "serve --tls-cert cert.pem",
        "serve --body-bytes-max many",
        "dev --redis localhost:x",
        "schema oracle",
        "diagram machine.json --format png",
      })
  void answersAWrongValueWithOneLineTheUsageAndOne(String arguments) {
    assertThat(run(arguments.split(" "))).isEqualTo(1);
    assertThat(text(out)).isEmpty();
    assertThat(text(err))
        .matches("(?s)detent: [^\n]*expected [^\n]*, got [^\n]*\nUsage: detent .*");
    assertThat(text(err)).doesNotContain("secret");
  }

  @Test
  void printsTheTablesOfEachDialect() {
    for (String dialect : List.of("sqlite", "postgresql", "mariadb")) {
      out.reset();
      assertThat(run("schema", dialect)).isZero();
      assertThat(text(out)).containsIgnoringCase("create table").contains("detent_instance");
    }
  }

  @Test
  void drawsInEveryFormat() throws IOException {
    String file = write("turnstile.json", TURNSTILE);

    assertThat(run("diagram", file)).isZero();
    assertThat(text(out)).startsWith("stateDiagram-v2");
    out.reset();
    assertThat(run("diagram", file, "--format", "dot")).isZero();
    assertThat(text(out)).startsWith("digraph");
    out.reset();
    assertThat(run("diagram", "--format=svg", file)).isZero();
    assertThat(text(out)).startsWith("<svg");
  }

  @Test
  void namesAMachineWithoutIdAfterItsFile() throws IOException {
    String file = write("door.json", TURNSTILE.replace("\"id\":\"turnstile\",", ""));

    assertThat(run("diagram", file, "--format", "svg")).isZero();
    assertThat(text(out)).contains("<title>door</title>");
  }

  @Test
  void saysThatAFileIsMissing() {
    assertThat(run("diagram", folder.resolve("none.json").toString())).isEqualTo(2);
    assertThat(text(err))
        .isEqualTo(
            "detent: definition: expected a readable file, got %s/none.json: no such file\n"
                .formatted(folder));
  }

  @Test
  void saysAllThatIsWrongWithADefinitionInOneLine() throws IOException {
    String file =
        write("bad.json", "{\"id\":\"b d\",\"initial\":\"x\",\"states\":{\"a\":{\"onn\":{}}}}");

    assertThat(run("diagram", file)).isEqualTo(2);
    assertThat(text(err))
        .startsWith("detent: " + file + ": ")
        .contains("b d", "onn", "initial")
        .hasLineCount(1);
  }

  @Test
  void saysWhereAFileIsNotJson() throws IOException {
    String file = write("broken.json", "{\"id\":\n  oops}");

    assertThat(run("diagram", file)).isEqualTo(2);
    assertThat(text(err)).startsWith("detent: " + file + ": ").hasLineCount(1);
  }

  @Test
  void saysThatADirectoryIsNoDefinition() {
    assertThat(run("diagram", folder.toString())).isEqualTo(2);
    assertThat(text(err)).hasLineCount(1).endsWith(": a directory\n");
  }

  private int run(String... arguments) {
    Console console =
        new Console(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    return new Commands(console).run(arguments);
  }

  private String write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  private static String text(ByteArrayOutputStream stream) {
    return stream.toString(StandardCharsets.UTF_8);
  }
}
