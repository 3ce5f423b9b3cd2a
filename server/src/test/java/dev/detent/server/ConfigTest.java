// SPDX-License-Identifier: Apache-2.0
package dev.detent.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.detent.ErrorCode;
import dev.detent.RefusedException;
import dev.detent.UnavailableException;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigTest {
  @TempDir Path folder;

  @Test
  void hasADefaultForEverything() {
    Config config = Config.builder().build();

    assertThat(config.store()).hasToString("sqlite:detent.db");
    assertThat(config.http()).isEqualTo(new Address("127.0.0.1", 8080));
    assertThat(config.define()).isEmpty();
    assertThat(config.examples()).isFalse();
    assertThat(config.bodyBytesMax()).isEqualTo(1 << 20);
    assertThat(config.definitionBytesMax()).isEqualTo(4 << 20);
    assertThat(config.idleTimeout()).isEqualTo(Duration.ofSeconds(75));
  }

  @Test
  void spellsEverySettingAsAMethodOfTheBuilderToo() {
    List<String> methods =
        Arrays.stream(Config.Builder.class.getMethods()).map(Method::getName).toList();

    assertThat(Stream.of(Setting.values()).map(Setting::key).map(ConfigTest::camelCase))
        .allSatisfy(name -> assertThat(methods).contains(name));
  }

  @Test
  void ranksTheCallerOverTheEnvironmentOverTheFileOverTheDefault() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("detent.properties"),
            "http=off\nbody-bytes-max=3\npath-bytes-max=3000\n");

    Config config =
        Config.builder()
            .bodyBytesMax(1)
            .config(file)
            .environment(Map.of("DETENT_BODY_BYTES_MAX", "2", "DETENT_PATH_BYTES_MAX", "2000"))
            .standard(Setting.HTTP, "127.0.0.1:1")
            .standard(Setting.EXAMPLES, "true")
            .build();

    assertThat(config.bodyBytesMax()).isEqualTo(1);
    assertThat(config.pathBytesMax()).isEqualTo(2000);
    assertThat(config.http()).isNull();
    assertThat(config.examples()).isTrue();
    assertThat(config.headerBytesMax()).isEqualTo(16 << 10);
  }

  @Test
  void splitsSeveralFilesAtCommas() {
    Config config =
        Config.builder().environment(Map.of("DETENT_DEFINE", "a.json, b c.json")).build();

    assertThat(config.define()).containsExactly(Path.of("a.json"), Path.of("b c.json"));
  }

  @Test
  void reportsAllProblemsAtOnce() throws IOException {
    Path file = Files.writeString(folder.resolve("detent.properties"), "htpp=off\n");

    assertThatThrownBy(() ->
            Config.builder()
                .config(file)
                .store("postgresql://me:secret@host/")
                .http("8080")
                .redis("6379")
                .tlsKey(Path.of("key.pem"))
                .bodyBytesMax(0)
                .idleTimeout(Duration.ZERO)
                .build())
        .isInstanceOf(RefusedException.class)
        .asInstanceOf(InstanceOfAssertFactories.type(RefusedException.class))
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST))
        .satisfies(e ->
            assertThat((List<?>) e.problem().members().get("problems"))
                .map(String::valueOf)
                .containsExactly(
                    file + ": expected the name of a setting, got 'htpp'; see serve --help",
                    "store: expected postgresql://user:password@host:port/database, got no"
                        + " database, or a '/' that is not written %2F",
                    "http: expected HOST:PORT or off, got '8080'",
                    "redis: expected HOST:PORT or off, got '6379'",
                    "body-bytes-max: expected a whole number from 1 to 2147483647, got '0'",
                    "idle-timeout: expected a duration from 100ms to 1d, got 'PT0S'",
                    "tls-cert and tls-key: expected both or none, got one; set the other"
                        + " too"));
  }

  @Test
  void saysWhichFileOfSettingsIsMissing() {
    Path file = folder.resolve("missing.properties");

    assertThatThrownBy(() -> Config.builder().config(file).build())
        .isInstanceOf(UnavailableException.class)
        .hasMessage("config: expected a readable file, got " + file + ": no such file");
  }

  private static String camelCase(String key) {
    String[] words = key.split("-");
    var name = new StringBuilder(words[0]);
    for (int i = 1; i < words.length; i++) {
      name.append(Character.toUpperCase(words[i].charAt(0))).append(words[i].substring(1));
    }
    return name.toString();
  }
}
