// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.detent.DetentException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Speaks HTTP/2 and TLS, with and without a token.
class ProtocolsTest {
  @Test
  void speaksHttp2WithoutTls(@TempDir Path folder) throws Exception {
    try (var door = RunningDoor.open(folder);
        HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
      HttpResponse<String> first = send(client, get("http", door, "/turnstile/a"));
      assertThat(first.statusCode()).isEqualTo(200);
      HttpResponse<String> called =
          send(client, post("http", door, "/turnstile/a/coin", "{\"n\":1}"));
      assertThat(called.version()).isEqualTo(HttpClient.Version.HTTP_2);
      assertThat(called.body()).isEqualTo("{\"n\":1}");
      assertThat(called.headers().firstValue("detent-version")).hasValue("1");
      HttpResponse<String> head =
          send(
              client,
              request("http", door, "/turnstile/a")
                  .method("HEAD", BodyPublishers.noBody())
                  .build());
      assertThat(head.headers().firstValue("etag")).hasValue("\"1\"");
      assertThat(head.body()).isEmpty();
      HttpResponse<String> large =
          send(client, post("http", door, "/turnstile/a/coin", "x".repeat(2 << 20)));
      assertThat(large.statusCode()).isEqualTo(413);
      HttpResponse<String> stillThere = send(client, get("http", door, "/turnstile/a"));
      assertThat(stillThere.statusCode()).isEqualTo(200);
    }
  }

  @Test
  void speaksBothVersionsOverTls(@TempDir Path folder) throws Exception {
    Tls tls = Tls.make(folder);
    try (var door =
        RunningDoor.open(folder, options -> options.tls(tls.certificate(), tls.key()))) {
      for (HttpClient.Version version : HttpClient.Version.values()) {
        if (version == HttpClient.Version.HTTP_1_1 || version == HttpClient.Version.HTTP_2) {
          speakTls(tls, door, version);
        }
      }
    }
  }

  private static void speakTls(Tls tls, RunningDoor door, HttpClient.Version version)
      throws Exception {
    try (HttpClient client =
        HttpClient.newBuilder().version(version).sslContext(tls.trusting()).build()) {
      HttpResponse<String> got = send(client, post("https", door, "/turnstile/a/coin", ""));
      assertThat(got.statusCode()).isEqualTo(200);
      assertThat(got.version()).isEqualTo(version);
    }
  }

  @Test
  void namesATlsFileThatIsNotThere(@TempDir Path folder) {
    Path missing = folder.resolve("missing.pem");
    assertThatThrownBy(() -> RunningDoor.open(folder, options -> options.tls(missing, missing)))
        .isInstanceOf(DetentException.class)
        .hasMessageContaining("tlsCertificate")
        .hasMessageContaining("missing.pem");
  }

  @Test
  void refusesAllButHealthWithoutTheToken(@TempDir Path folder) throws Exception {
    try (var door = RunningDoor.open(folder, options -> options.token("s3cret"));
        HttpClient client = HttpClient.newHttpClient()) {
      for (String path : new String[] {"/turnstile/a", "/api/machines", "/metrics", "/nosuch"}) {
        HttpResponse<String> got = send(client, get("http", door, path));
        assertThat(got.statusCode()).as(path).isEqualTo(401);
        assertThat(got.headers().firstValue("www-authenticate")).hasValue("Bearer");
        assertThat(got.body()).contains("\"code\":\"UNAUTHORIZED\"");
      }
      assertThat(send(client, get("http", door, "/health")).statusCode()).isEqualTo(200);
      assertThat(withToken(client, door, "Bearer s3cret")).isEqualTo(200);
      assertThat(withToken(client, door, "bearer s3cret")).isEqualTo(200);
      assertThat(withToken(client, door, "Bearer s3cre")).isEqualTo(401);
      assertThat(withToken(client, door, "Bearer s3cret2")).isEqualTo(401);
      assertThat(withToken(client, door, "Basic s3cret")).isEqualTo(401);
      assertThat(withToken(client, door, "s3cret")).isEqualTo(401);
    }
  }

  private static int withToken(HttpClient client, RunningDoor door, String authorization)
      throws Exception {
    HttpRequest request =
        request("http", door, "/turnstile/a").header("Authorization", authorization).build();
    return send(client, request).statusCode();
  }

  private static HttpRequest get(String scheme, RunningDoor door, String path) {
    return request(scheme, door, path).build();
  }

  private static HttpRequest post(String scheme, RunningDoor door, String path, String body) {
    return request(scheme, door, path).POST(BodyPublishers.ofString(body)).build();
  }

  private static HttpRequest.Builder request(String scheme, RunningDoor door, String path) {
    return HttpRequest.newBuilder(URI.create(scheme + "://localhost:" + door.port() + path));
  }

  private static HttpResponse<String> send(HttpClient client, HttpRequest request)
      throws Exception {
    return client.send(request, BodyHandlers.ofString());
  }

  /// Holds a certificate for localhost, made by the JDK's own keytool.
  private record Tls(Path certificate, Path key, KeyStore store) {
    static Tls make(Path folder) throws Exception {
      Path file = folder.resolve("test.p12");
      String command =
          "-genkeypair -keyalg EC -groupname secp256r1 -alias t -dname CN=localhost -validity 30"
              + " -ext SAN=dns:localhost -storetype PKCS12 -storepass changeit -keystore ";
      Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
      String[] all =
          Stream.concat(Stream.of(keytool.toString()), Stream.of((command + file).split(" ")))
              .toArray(String[]::new);
      Process process = new ProcessBuilder(all).inheritIO().start();
      assertThat(process.waitFor()).isZero();
      KeyStore store = KeyStore.getInstance(file.toFile(), "changeit".toCharArray());
      Path certificate = folder.resolve("cert.pem");
      Path key = folder.resolve("key.pem");
      write(certificate, "CERTIFICATE", store.getCertificate("t").getEncoded());
      write(key, "PRIVATE KEY", store.getKey("t", "changeit".toCharArray()).getEncoded());
      return new Tls(certificate, key, store);
    }

    private static void write(Path file, String what, byte[] bytes) throws IOException {
      String text = java.util.Base64.getMimeEncoder().encodeToString(bytes);
      String begin = "-----BEGIN " + what + "-----\n";
      Files.writeString(file, begin + text + "\n-----END " + what + "-----\n");
    }

    SSLContext trusting() throws Exception {
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      trusted.setCertificateEntry("t", store.getCertificate("t"));
      TrustManagerFactory managers =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      managers.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, managers.getTrustManagers(), null);
      return context;
    }
  }
}
