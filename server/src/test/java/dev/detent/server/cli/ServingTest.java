// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.testkit.LocalMariadb;
import dev.detent.testkit.LocalPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Runs real server processes.
class ServingTest {
  private static final String TURNSTILE =
      """
      {"id":"turnstile","initial":"locked","states":{
        "locked":{"on":{"coin":"unlocked"}},"unlocked":{"on":{"push":"locked"}}}}
      """;

  @TempDir Path folder;

  @BeforeEach
  void writeDefinition() throws IOException {
    Files.writeString(folder.resolve("turnstile.json"), TURNSTILE);
  }

  @Test
  void servesUntilItIsTerminatedAndThenEndsWell() throws Exception {
    try (var server = serve("--define", "turnstile.json");
        var client = HttpClient.newHttpClient()) {
      String ready = server.ready();
      HttpResponse<String> reply = post(client, server.url() + "/turnstile/north/coin");
      server.terminate();

      assertThat(server.exitCode()).isZero();
      assertThat(reply.statusCode()).isEqualTo(200);
      assertThat(reply.headers().firstValue("Detent-State")).contains("unlocked");
      assertThat(ready)
          .matches(
              "detent ready http=127\\.0\\.0\\.1:[1-9]\\d* redis=off store=sqlite:detent\\.db");
      assertThat(server.output()).containsExactly(ready);
      assertThat(server.errors()).isEmpty();
    }
  }

  @Test
  void keepsWhatItAcknowledgedForTheNextStart() throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      try (var first = serve("--define", "turnstile.json")) {
        post(client, first.url() + "/turnstile/north/coin");
        first.terminate();
        first.exitCode();
      }
      try (var second = serve()) {
        HttpResponse<String> instance = get(client, second.url() + "/turnstile/north");

        assertThat(instance.body()).contains("\"state\":\"unlocked\"", "\"version\":1");
      }
    }
  }

  @Test
  void servesFromPostgresqlWithoutShowingThePassword() throws Exception {
    String url = LocalPostgres.freshUrl().replace("jdbc:postgresql://", "");
    String store = "postgresql://postgres:top%20secret@" + url.replace("user=postgres&", "");
    try (var client = HttpClient.newHttpClient()) {
      try (var first = serve("--define", "turnstile.json", "--store", store)) {
        post(client, first.url() + "/turnstile/north/coin");
        first.terminate();

        assertThat(first.exitCode()).isZero();
        assertThat(first.ready())
            .endsWith("store=postgresql://postgres@" + url.substring(0, url.indexOf('?')));
        assertThat(first.errors()).isEmpty();
      }
      try (var second = serve("--store", store)) {
        HttpResponse<String> instance = get(client, second.url() + "/turnstile/north");

        assertThat(instance.body()).contains("\"state\":\"unlocked\"", "\"version\":1");
      }
    }
  }

  @Test
  void servesFromMariadbWithoutShowingThePassword() throws Exception {
    String jdbcUrl = LocalMariadb.freshUrl();
    String place = jdbcUrl.substring("jdbc:mariadb://".length(), jdbcUrl.indexOf('?'));
    try (var connection = DriverManager.getConnection(jdbcUrl);
        var statement = connection.createStatement()) {
      statement.execute("grant all on *.* to 'detent'@'%' identified by 'top secret'");
    }
    String store = "mariadb://detent:top%20secret@" + place;
    try (var client = HttpClient.newHttpClient()) {
      try (var first = serve("--define", "turnstile.json", "--store", store)) {
        post(client, first.url() + "/turnstile/north/coin");
        first.terminate();

        assertThat(first.exitCode()).isZero();
        assertThat(first.ready()).endsWith("store=mariadb://detent@" + place);
        assertThat(first.errors()).isEmpty();
      }
      try (var second = serve("--store", store)) {
        HttpResponse<String> instance = get(client, second.url() + "/turnstile/north");

        assertThat(instance.body()).contains("\"state\":\"unlocked\"", "\"version\":1");
      }
    }
    try (var wrong = serve("--store", "mariadb://detent:stolen%20key@" + place)) {
      assertRefused(wrong, "mariadb://detent@" + place);
      assertThat(wrong.errors()).noneMatch(line -> line.contains("stolen"));
    }
  }

  @Test
  void refusesAFileThatAnotherServerHolds() throws Exception {
    try (var first = serve()) {
      first.ready();
      try (var second = serve()) {
        assertRefused(second, "detent.db");
      }
    }
  }

  @Test
  void refusesAPortThatIsInUse() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
        var server = serveAt("127.0.0.1:" + taken.getLocalPort())) {
      assertRefused(server, "127.0.0.1:" + taken.getLocalPort());
    }
  }

  @Test
  void refusesAFileThatIsNoStore() throws Exception {
    Files.writeString(
        folder.resolve("letter.txt"), "Dear reader, this is no database.\n".repeat(99));
    try (var server = serve("--store", "sqlite:letter.txt")) {
      assertRefused(server, "letter.txt");
    }
  }

  @Test
  void refusesAStoreInAFolderThatIsMissing() throws Exception {
    try (var server = serve("--store", "sqlite:none/detent.db")) {
      assertRefused(server, "sqlite:none/detent.db");
    }
  }

  @Test
  void refusesADatabaseThatDoesNotAnswerWithoutShowingThePassword() throws Exception {
    int port;
    try (var closed = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      port = closed.getLocalPort();
    }
    for (String scheme : List.of("postgresql", "mariadb")) {
      try (var server = serve("--store", scheme + "://me:secret@127.0.0.1:" + port + "/db")) {
        assertRefused(server, scheme + "://me@127.0.0.1:" + port + "/db");
        assertThat(server.errors()).noneMatch(line -> line.contains("secret"));
      }
    }
  }

  @Test
  void refusesDefinitionFilesThatAreWrongOrMissing() throws Exception {
    Files.writeString(folder.resolve("wrong.json"), "{\"id\":\"wrong\"}");
    try (var server = serve("--define", "wrong.json", "--define", "none.json")) {
      assertRefused(server, "wrong.json");
      assertThat(server.errors()).anyMatch(line -> line.contains("none.json: no such file"));
    }
  }

  @Test
  void refusesTwoDefinitionsOfOneMachine() throws Exception {
    try (var server = serve("--define", "turnstile.json", "--define", "turnstile.json")) {
      assertRefused(server, "machine turnstile");
    }
  }

  @Test
  void refusesExamplesThatAreNotOnItsClassPath() throws Exception {
    try (var server = serve("--examples")) {
      assertRefused(server, "examples");
    }
  }

  @Test
  void makesItsFolderInDevelopment() throws Exception {
    try (var server =
        ServerProcess.start(
            folder, "dev", "--http", "off", "--redis", "off", "--config", "dev.properties")) {
      assertRefused(server, "dev.properties");
    }
    Files.writeString(folder.resolve("dev.properties"), "examples=false\n");
    try (var server =
        ServerProcess.start(
            folder, "dev", "--http", "off", "--redis", "off", "--config", "dev.properties")) {
      assertThat(server.ready())
          .isEqualTo("detent ready http=off redis=off store=sqlite:detent-data/detent.db");
      assertThat(folder.resolve("detent-data/detent.db")).exists();
    }
  }

  private ServerProcess serve(String... arguments) throws IOException {
    return serveAt("127.0.0.1:0", arguments);
  }

  private ServerProcess serveAt(String address, String... arguments) throws IOException {
    var all = new ArrayList<>(List.of("serve", "--http", address));
    all.addAll(List.of(arguments));
    return ServerProcess.start(folder, all.toArray(String[]::new));
  }

  private static void assertRefused(ServerProcess server, String named) throws Exception {
    assertThat(server.exitCode()).isEqualTo(2);
    assertThat(server.output()).isEmpty();
    assertThat(server.errors())
        .hasSizeBetween(1, 3)
        .allMatch(line -> line.startsWith("detent: "))
        .anyMatch(line -> line.contains(named));
  }

  private static HttpResponse<String> post(HttpClient client, String url) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url)).POST(HttpRequest.BodyPublishers.noBody()).build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private static HttpResponse<String> get(HttpClient client, String url) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url)).build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }
}
