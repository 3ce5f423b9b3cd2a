// SPDX-License-Identifier: Apache-2.0
package dev.detent.examples;

import dev.detent.codec.Json;
import dev.detent.server.Address;
import dev.detent.server.Config;
import dev.detent.server.Server;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Shows a reader of events in another process, with nothing but the JDK: it follows the feed as
/// server-sent events, and after a cut it asks for those that come after the last one it has seen.
///
/// To handle each event exactly once, keep its `id` together with what you do about it.
public final class RemoteReader implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(RemoteReader.class.getName());
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final HttpClient client = HttpClient.newHttpClient();
  private final URI feed;
  private final Consumer<Json> handler;
  private volatile boolean closed;
  private @Nullable String lastId;

  /// Makes a reader; [#start] begins.
  ///
  /// @param server where the server is
  /// @param handler gets each event, on a thread of the reader's
  public RemoteReader(URI server, Consumer<Json> handler) {
    this.feed = server.resolve("/api/events");
    this.handler = handler;
  }

  /// Begins to read, from the oldest event on.
  public void start() {
    Thread.ofVirtual().name("remote-reader").start(this::follow);
  }

  private void follow() {
    try {
      while (!closed) {
        attempt();
        TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
      }
    } catch (InterruptedException e) {
      closed = true;
    }
  }

  private void attempt() throws InterruptedException {
    try {
      read();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "the server is away: it is asked again", e);
    }
  }

  /// Reads until the connection ends.
  private void read() throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(feed).header("Accept", "text/event-stream");
    if (lastId != null) {
      request.header("Last-Event-ID", lastId);
    }
    HttpResponse<Stream<String>> response = client.send(request.build(), BodyHandlers.ofLines());
    try (Stream<String> lines = response.body()) {
      if (response.statusCode() == 200) {
        events(lines.iterator());
      }
    } catch (java.io.UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /// Takes the stream apart: an empty line ends an event, a line with a colon in front is a
  /// comment.
  private void events(Iterator<String> lines) {
    String id = null;
    var data = new StringBuilder();
    while (lines.hasNext()) {
      String line = lines.next();
      if (line.startsWith("id:")) {
        id = line.substring(3).strip();
      } else if (line.startsWith("data:")) {
        data.append(line.substring(5).strip());
      } else if (line.isEmpty() && !data.isEmpty()) {
        handler.accept(Json.parse(data.toString()));
        lastId = id;
        data.setLength(0);
      }
    }
  }

  /// Reads no more.
  @Override
  public void close() {
    closed = true;
    client.shutdownNow();
  }

  /// Runs a server, cuts it off, and reads on.
  ///
  /// @param arguments the folder for the store; without one, a new folder
  public static void main(String... arguments) throws Exception {
    run(Session.folder(arguments), System.out);
  }

  static void run(Path folder, PrintStream out) throws Exception {
    BlockingQueue<Json> seen = new LinkedBlockingQueue<>();
    Server first = serve(folder, 0);
    URI url = URI.create("http://" + Objects.requireNonNull(first.http()));
    try (var reader = new RemoteReader(url, seen::add)) {
      reader.start();
      post(url, "/turnstile/north/coin", out);
      show(seen, out);
      out.println("> the server goes and comes back");
      first.close();
      try (Server _ = serve(folder, url.getPort())) {
        post(url, "/turnstile/north/push", out);
        show(seen, out);
        post(url, "/turnstile/south/coin", out);
        show(seen, out);
      }
    }
  }

  private static Server serve(Path folder, int port) {
    return Server.start(
        Config.builder()
            .store("sqlite:" + folder.resolve("remote.db"))
            .http(new Address("127.0.0.1", port).toString())
            .examples(true)
            .build());
  }

  private static void post(URI url, String path, PrintStream out) throws Exception {
    out.println("> POST " + path);
    try (HttpClient client = HttpClient.newHttpClient()) {
      var request = HttpRequest.newBuilder(url.resolve(path)).POST(BodyPublishers.noBody());
      client.send(request.build(), BodyHandlers.discarding());
    }
  }

  private static void show(BlockingQueue<Json> seen, PrintStream out) throws Exception {
    Map<String, Json> event =
        Objects.requireNonNull(seen.poll(1, TimeUnit.MINUTES), "no event").members();
    out.printf(
        "%s/%s %s: %s -> %s%n",
        text(event, "machine"),
        text(event, "key"),
        Objects.requireNonNull(event.get("version")),
        text(event, "from"),
        text(event, "to"));
  }

  private static String text(Map<String, Json> event, String name) {
    return Objects.requireNonNull(event.get(name)).asString();
  }
}
