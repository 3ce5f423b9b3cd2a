// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import dev.detent.ErrorCode;
import dev.detent.Key;
import dev.detent.Problem;
import dev.detent.codec.Json;
import dev.detent.engine.Precondition;
import dev.detent.engine.Reply;
import dev.detent.engine.Request;
import dev.detent.machine.Machine;
import dev.detent.server.door.JsonWriter;
import dev.detent.server.door.Views;
import dev.detent.store.EventRow;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Serves every machine of the server: its commands, instances and histories, as over HTTP.
final class EngineCommands {
  private static final String GROUP = "statemachine";
  private static final Command.Keys SECOND = new Command.Keys(2, 2, 1);
  private static final int HISTORY_COUNT = 100;
  private static final int HISTORY_COUNT_MAX = 1_000;
  private static final int HISTORY_SLICE = 50;
  private static final int HISTORY_CHARS_MAX = 8 << 20;
  private static final int VERSION_DIGITS_MAX = 18;

  private EngineCommands() {}

  static List<Command> all() {
    return List.of(
        Command.of("sm.call", -4, "write denyoom", SECOND, EngineCommands::call)
            .docs(
                GROUP,
                "Runs a command of any machine and returns its answer as JSON.",
                "machine key command [json] [IDEMPOTENCY=id] [IFMATCH=version]"),
        Command.of("sm.info", 3, "readonly", SECOND, EngineCommands::info)
            .docs(GROUP, "Returns an instance of any machine as JSON.", "machine key"),
        Command.of("sm.history", -3, "readonly", SECOND, EngineCommands::history)
            .docs(
                GROUP, "Returns events of an instance, oldest first.", "machine key [COUNT=count]"),
        Command.of("sm.machines", 1, "readonly", EngineCommands::machines)
            .docs(GROUP, "Returns the names of the machines.", ""));
  }

  private static Step call(Call call) {
    Key key = key(call);
    boolean input = call.count() > 4 && !isOption(call, 4);
    Json json = input ? Json.parseInput(call.parts()[4]) : Json.NULL;
    String token = null;
    Precondition precondition = Precondition.NONE;
    for (int i = input ? 5 : 4; i < call.count(); i += 2) {
      if (!isOption(call, i)) {
        throw Refusal.syntax();
      } else if (call.is(i, "IDEMPOTENCY")) {
        token = call.text(i + 1);
      } else {
        precondition = precondition(call.text(i + 1));
      }
    }
    var request = new Request.Call(key, call.text(3), json, token, precondition);
    return Step.ask(request, EngineCommands::done);
  }

  /// Returns why a command can't be part of a transaction, or null if it can.
  static @Nullable Answer unfit(Call call) {
    if (!call.command().name().equals("sm.call")) {
      return null;
    }
    Machine machine = call.shared().engine().machines().get(call.text(1));
    String command = call.text(3);
    boolean durable =
        machine != null
            && machine.transitions().stream()
                .anyMatch(one -> one.durable() && command.equals(one.command()));
    if (durable) {
      return Answer.error(
          "SM.CALL: expected a pure transition in a transaction, got a durable handler; call it"
              + " outside");
    }
    for (int i = 4; i < call.count(); i++) {
      if (call.is(i, "IDEMPOTENCY") && i + 1 < call.count()) {
        return Answer.error("SM.CALL: expected no IDEMPOTENCY in a transaction, got one");
      }
    }
    return null;
  }

  private static boolean isOption(Call call, int index) {
    return index + 1 < call.count() && (call.is(index, "IDEMPOTENCY") || call.is(index, "IFMATCH"));
  }

  private static Precondition precondition(String text) {
    if (text.equals("*")) {
      return Precondition.EXISTS;
    }
    boolean quoted = text.length() > 2 && text.startsWith("\"") && text.endsWith("\"");
    String digits = quoted ? text.substring(1, text.length() - 1) : text;
    if (digits.isEmpty()
        || digits.length() > VERSION_DIGITS_MAX
        || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      String detail = "IFMATCH: expected a version or *, got '" + text + "'";
      throw Problem.of(ErrorCode.BAD_REQUEST, detail).exception();
    }
    return new Precondition.Version(Long.parseLong(digits));
  }

  private static Answer done(Reply reply) {
    return reply instanceof Reply.Done done
        ? Answer.text(done.output().text())
        : Keys.otherwise(
            reply,
            reply instanceof Reply.Refused refused ? Refusal.of(refused.problem()) : Answer.NIL);
  }

  private static Step info(Call call) {
    Key key = key(call);
    Shared shared = call.shared();
    return Step.ask(
        new Request.Read(key),
        reply -> {
          Machine machine = shared.engine().machines().get(key.machine());
          if (reply instanceof Reply.Found found && machine != null) {
            var json = new JsonWriter(512);
            Views.instance(json, found.instance(), found.running(), machine);
            return Answer.text(json.toString());
          }
          return done(reply);
        });
  }

  private static Step history(Call call) {
    Key key = key(call);
    boolean counted = call.count() == 5 && call.is(3, "COUNT");
    if (call.count() > 3 && !counted) {
      throw Refusal.syntax();
    }
    long count = counted ? call.whole(4) : HISTORY_COUNT;
    if (count < 1 || count > HISTORY_COUNT_MAX) {
      throw Problem.of(ErrorCode.BAD_REQUEST, "COUNT: expected 1 to 1000, got " + count)
          .exception();
    }
    if (!call.shared().engine().machines().containsKey(key.machine())) {
      throw unknown(key.machine()).exception();
    }
    return new Step.Work(() -> history(call.shared(), key, (int) count));
  }

  private static Answer history(Shared shared, Key key, int count) {
    var events = new ArrayList<Answer>();
    long after = 0;
    int chars = 0;
    boolean more = true;
    while (more && events.size() < count && chars < HISTORY_CHARS_MAX) {
      int limit = Math.min(count - events.size(), HISTORY_SLICE);
      List<EventRow> rows = shared.engine().events().history(key, after, limit);
      for (EventRow row : rows) {
        String event = event(row);
        chars += event.length();
        events.add(Answer.text(event));
        after = row.version();
      }
      more = rows.size() == limit;
    }
    return new Answer.Items(events);
  }

  /// Returns an event as JSON, as over HTTP.
  static String event(EventRow row) {
    var json = new JsonWriter(512);
    Views.event(json, row);
    return json.toString();
  }

  private static Step machines(Call call) {
    return Step.now(Answer.texts(call.shared().engine().machines().keySet()));
  }

  private static Key key(Call call) {
    return new Key(call.text(1), call.text(2));
  }

  /// Refuses a machine that there is not.
  static Problem unknown(@Nullable String name) {
    String detail = "machine: expected a known one, got '" + name + "'; see SM.MACHINES";
    return Problem.of(ErrorCode.NOT_FOUND, detail).with("what", "machine");
  }
}
