// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Serves what concerns the server: its settings, what it says of itself, and saving, which is
/// done.
final class ServerCommands {
  private static final String GROUP = "server";
  private static final String STRICT = "sm-invalid-transition";

  private ServerCommands() {}

  static List<Command> all() {
    return List.of(
        Command.container(
            "config",
            GROUP,
            "Reads and changes settings.",
            Command.of("get", -3, "", ServerCommands::get)
                .docs(GROUP, "Returns settings by patterns of their names.", "parameter..."),
            Command.of("set", -4, "", ServerCommands::set)
                .docs(GROUP, "Changes settings until the server stops.", "parameter value"),
            Command.of("resetstat", 2, "", call -> Step.now(Answer.OK))
                .docs(GROUP, "Does nothing: figures are at /metrics.", "")),
        Command.of("info", -1, "", ServerCommands::info)
            .docs(GROUP, "Describes the server.", "[section...]"),
        Command.of("time", 1, "fast", ServerCommands::time)
            .docs(GROUP, "Returns the time: seconds since 1970, and microseconds.", ""),
        Command.of("wait", 3, "", ServerCommands::await)
            .docs("generic", "Returns 0: there are no replicas.", "numreplicas timeout"),
        Command.of("save", 1, "no_multi", call -> Step.now(Answer.OK))
            .docs(GROUP, "Does nothing: what is answered is on disk.", ""),
        Command.of("bgsave", -1, "", ServerCommands::saveLater)
            .docs(GROUP, "Does nothing: what is answered is on disk.", "[SCHEDULE]"),
        Command.of("lastsave", 1, "fast", ServerCommands::lastSave)
            .docs(GROUP, "Returns now: what is answered is on disk.", ""));
  }

  private static Map<String, String> settings(Shared shared) {
    var settings = new LinkedHashMap<String, String>();
    settings.put("appendfsync", "always");
    settings.put("appendonly", "yes");
    settings.put("bind", shared.options().host());
    settings.put("databases", "1");
    settings.put("maxclients", Integer.toString(shared.options().connectionsMax()));
    settings.put("maxmemory", "0");
    settings.put("maxmemory-policy", "noeviction");
    settings.put("port", Integer.toString(shared.port()));
    settings.put("proto-max-bulk-len", Integer.toString(RespParser.BULK_BYTES_MAX));
    settings.put("save", "");
    settings.put(STRICT, shared.settings().strict() ? "error" : "nil");
    settings.put("timeout", "0");
    return settings;
  }

  private static Step get(Call call) {
    var found = new ArrayList<Answer>();
    settings(call.shared())
        .forEach((name, value) -> {
          for (int i = 2; i < call.count(); i++) {
            if (Glob.matchesName(call.text(i), name)) {
              // As in Redis, one that is named gets the name that was given.
              found.add(Answer.text(call.is(i, name) ? call.text(i) : name));
              found.add(Answer.text(value));
              return;
            }
          }
        });
    return Step.now(new Answer.Fields(found));
  }

  private static Step set(Call call) {
    if (call.count() % 2 != 0) {
      throw Refusal.syntax();
    }
    Map<String, String> known = settings(call.shared());
    boolean strict = call.shared().settings().strict();
    for (int i = 2; i < call.count(); i += 2) {
      String name = call.text(i).toLowerCase(Locale.ROOT);
      if (!known.containsKey(name)) {
        throw new Refusal(
            Answer.error(
                "Unknown option or number of arguments for CONFIG SET - '" + call.text(i) + "'"));
      } else if (!name.equals(STRICT)) {
        throw failed(name, "can't set immutable config");
      } else if (!call.is(i + 1, "nil") && !call.is(i + 1, "error")) {
        throw failed(name, "argument(s) must be one of the following: nil, error");
      }
      strict = call.is(i + 1, "error");
    }
    call.shared().settings().strict(strict);
    return Step.now(Answer.OK);
  }

  private static Refusal failed(String name, String why) {
    return new Refusal(
        Answer.error("CONFIG SET failed (possibly related to argument '" + name + "') - " + why));
  }

  private static Step time(Call call) {
    long micros = TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis());
    return Step.now(
        Answer.items(
            Answer.text(Long.toString(micros / 1_000_000)),
            Answer.text(Long.toString(micros % 1_000_000))));
  }

  private static Step await(Call call) {
    var _ = call.whole(1);
    long patience = call.whole(2, Answer.error("timeout is not an integer or out of range"));
    if (patience < 0) {
      throw new Refusal(Answer.error("timeout is negative"));
    }
    return Step.now(new Answer.Whole(0));
  }

  private static Step saveLater(Call call) {
    if (call.count() > 2 || (call.count() == 2 && !call.is(1, "SCHEDULE"))) {
      throw Refusal.syntax();
    }
    return Step.now(new Answer.Simple("Background saving started"));
  }

  private static Step lastSave(Call call) {
    return Step.now(new Answer.Whole(TimeUnit.MILLISECONDS.toSeconds(System.currentTimeMillis())));
  }

  private static Step info(Call call) {
    var wanted = new ArrayList<String>();
    for (int i = 1; i < call.count(); i++) {
      wanted.add(call.text(i).toLowerCase(Locale.ROOT));
    }
    Shared shared = call.shared();
    return new Step.Work(() -> new Answer.Verbatim(info(shared, wanted)));
  }

  private static String info(Shared shared, List<String> wanted) {
    boolean all =
        wanted.isEmpty()
            || wanted.stream().anyMatch(Set.of("all", "default", "everything")::contains);
    var text = new StringBuilder();
    sections(shared)
        .forEach((name, lines) -> {
          if (all || wanted.contains(name.toLowerCase(Locale.ROOT))) {
            text.append(text.isEmpty() ? "" : "\r\n").append("# ").append(name).append("\r\n");
            text.append(lines.get());
          }
        });
    return text.toString();
  }

  private static Map<String, Supplier<String>> sections(Shared shared) {
    var sections = new LinkedHashMap<String, Supplier<String>>();
    long seconds = TimeUnit.NANOSECONDS.toSeconds(shared.upNanos());
    sections.put(
        "Server",
        () ->
            lines(
                "redis_version:" + ConnectionCommands.REDIS_VERSION,
                "redis_mode:standalone",
                "server_name:detent",
                "os:" + System.getProperty("os.name"),
                "arch_bits:64",
                "process_id:" + ProcessHandle.current().pid(),
                "run_id:" + shared.runId(),
                "tcp_port:" + shared.port(),
                "uptime_in_seconds:" + seconds,
                "uptime_in_days:" + TimeUnit.SECONDS.toDays(seconds)));
    sections.put(
        "Clients",
        () ->
            lines(
                "connected_clients:" + shared.clients().size(),
                "maxclients:" + shared.options().connectionsMax()));
    sections.put("Memory", () -> lines("used_memory:" + usedMemory(), "maxmemory:0"));
    sections.put(
        "Persistence",
        () ->
            lines(
                "loading:0",
                "aof_enabled:1",
                "rdb_changes_since_last_save:0",
                "rdb_bgsave_in_progress:0",
                "rdb_last_bgsave_status:ok"));
    sections.put(
        "Stats",
        () ->
            lines(
                "total_connections_received:" + shared.connections(),
                "total_commands_processed:" + shared.commands()));
    sections.put("Replication", () -> lines("role:master", "connected_slaves:0"));
    sections.put(
        "Modules", () -> lines("module:name=redisstate,ver=1,api=1,filters=0,usedby=[],using=[]"));
    sections.put("Cluster", () -> lines("cluster_enabled:0"));
    sections.put("Keyspace", () -> keyspace(ListingCommands.size(shared)));
    return sections;
  }

  private static String keyspace(long keys) {
    return keys == 0 ? "" : lines("db0:keys=" + keys + ",expires=0,avg_ttl=0");
  }

  private static long usedMemory() {
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private static String lines(String... lines) {
    return String.join("\r\n", lines) + "\r\n";
  }
}
