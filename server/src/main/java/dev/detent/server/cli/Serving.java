// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.cli;

import dev.detent.ErrorCode;
import dev.detent.Problem;
import dev.detent.server.Address;
import dev.detent.server.Config;
import dev.detent.server.Server;
import dev.detent.server.Setting;
import dev.detent.server.StoreUrl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ParseResult;

/// Runs a server until a signal stops it.
final class Serving {
  /// Under the 5 s within which the process must be gone.
  private static final Duration STOP_MAX = Duration.ofMillis(4_500);

  private final Console console;
  private final ParseResult arguments;

  Serving(Console console, ParseResult arguments) {
    this.console = console;
    this.arguments = arguments;
  }

  int serve() {
    return run(settings().build(), server -> {});
  }

  int dev() {
    Config config =
        settings()
            .standard(Setting.STORE, "sqlite:detent-data/detent.db")
            .standard(Setting.EXAMPLES, "true")
            .standard(Setting.REDIS, "127.0.0.1:6379")
            .build();
    if (config.store() instanceof StoreUrl.Sqlite(Path path)) {
      createFolder(path.toAbsolutePath().getParent());
    }
    return run(config, this::suggest);
  }

  private Config.Builder settings() {
    Config.Builder builder = Config.builder();
    for (Setting setting : Setting.values()) {
      if (arguments.hasMatchedOption(setting.option())) {
        List<String> values = arguments.matchedOption(setting.option()).originalStringValues();
        builder.set(setting, setting.placeholder() == null ? List.of("true") : values);
      }
    }
    return builder.environment(System.getenv());
  }

  private int run(Config config, Consumer<Server> greeting) {
    try {
      // Before the start, so that a signal during it is not lost.
      Signals signals = Signals.listen();
      Server server = Server.start(config);
      console.out().println(server.readyLine());
      console.out().flush();
      greeting.accept(server);
      signals.await();
      server.stop(STOP_MAX);
      return Console.OK;
    } catch (ReflectiveOperationException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void suggest(Server server) {
    Address http = server.http();
    if (http != null) {
      String url = "http://" + http;
      console.err().println("Try:");
      console.err().println("  curl -X POST " + url + "/turnstile/north/coin");
      console.err().println("  curl " + url + "/turnstile/north");
      console.err().println("  curl " + url + "/turnstile/north/history");
      console.err().println("  curl -X POST " + url + "/resource/my-machine/setUp");
      console.err().println("  curl " + url + "/api/invocations");
    }
    Address redis = server.redis();
    if (redis != null) {
      String client = "redis-cli -h " + redis.host() + " -p " + redis.port();
      console.err().println("  " + client + " SM.CREATE mymachine");
      console.err().println("  " + client + " SM.GET mymachine");
    }
    console.err().println("Stop with Ctrl+C.");
  }

  private static void createFolder(@Nullable Path folder) {
    if (folder == null) {
      return;
    }
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw Problem.of(
              ErrorCode.UNAVAILABLE,
              "store: expected a folder " + folder + ", got " + e.getClass().getSimpleName())
          .exception();
    }
  }
}
