// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import dev.detent.Key;
import dev.detent.Names;
import dev.detent.codec.Json;
import dev.detent.engine.Instance;
import dev.detent.engine.Reply;
import dev.detent.engine.Request;
import dev.detent.engine.Together;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/// Serves keys whatever they hold, and plain strings.
final class KeyCommands {
  private static final String GROUP = "generic";
  private static final Answer ZERO = new Answer.Whole(0);
  private static final Answer ONE = new Answer.Whole(1);

  /// What a row takes besides its texts: numbers and names of columns, and its place in two trees.
  private static final int ROW_BYTES = 160;

  private KeyCommands() {}

  static List<Command> all() {
    Command.Keys one = Command.Keys.ONE;
    Command.Keys all = Command.Keys.ALL;
    return List.of(
        Command.of("exists", -2, "readonly fast", all, KeyCommands::exists)
            .docs(GROUP, "Counts which of the keys exist.", "key..."),
        Command.of("type", 2, "readonly fast", one, KeyCommands::type)
            .docs(GROUP, "Returns what a key holds.", "key"),
        Command.of("del", -2, "write", all, KeyCommands::delete)
            .docs(GROUP, "Deletes keys; each deletion is an event.", "key..."),
        Command.of("unlink", -2, "write fast", all, KeyCommands::delete)
            .docs(GROUP, "Deletes keys, as DEL does.", "key..."),
        Command.of("ttl", 2, "readonly fast", one, KeyCommands::timeLeft)
            .docs(GROUP, "Returns -1: keys stay.", "key"),
        Command.of("pttl", 2, "readonly fast", one, KeyCommands::timeLeft)
            .docs(GROUP, "Returns -1: keys stay.", "key"),
        Command.of("copy", -3, "write denyoom", new Command.Keys(1, 2, 1), KeyCommands::copy)
            .docs(GROUP, "Copies what a key holds.", "source destination [DB=index] [REPLACE]"),
        Command.container(
            "memory",
            "server",
            "Measures memory.",
            Command.of("usage", -3, "readonly", new Command.Keys(2, 2, 1), KeyCommands::usage)
                .docs("server", "Returns how many bytes a key takes.", "key [SAMPLES=count]")),
        Command.of("get", 2, "readonly fast", one, KeyCommands::get)
            .docs("string", "Returns a plain string.", "key"),
        Command.of("set", -3, "write denyoom", one, KeyCommands::set)
            .docs("string", "Keeps a plain string, which is no machine.", "key value"));
  }

  private static Step exists(Call call) {
    var reads = new ArrayList<Request.OfInstance>();
    for (int i = 1; i < call.count(); i++) {
      reads.add(new Request.Read(call.key(i)));
    }
    return new Step.Ask(reads, replies -> count(replies));
  }

  private static Step delete(Call call) {
    var deletions = new ArrayList<Request.OfInstance>();
    for (int i = 1; i < call.count(); i++) {
      deletions.add(Keys.call(call.key(i), "delete", Json.NULL));
    }
    return new Step.Ask(deletions, replies -> count(replies));
  }

  private static Answer count(List<Reply> replies) {
    long count = 0;
    for (Reply reply : replies) {
      if (!(reply instanceof Reply.Refused)) {
        count++;
      } else if (Keys.otherwise(reply, ZERO) instanceof Answer.Failure failure) {
        return failure;
      }
    }
    return new Answer.Whole(count);
  }

  private static Step type(Call call) {
    return read(call, 1, new Answer.Simple("none"), found -> new Answer.Simple(Keys.type(found)));
  }

  private static Step timeLeft(Call call) {
    return read(call, 1, new Answer.Whole(-2), found -> new Answer.Whole(-1));
  }

  private static Step usage(Call call) {
    boolean samples = call.is(3, "SAMPLES") && call.count() == 5;
    if (call.count() > 3 && !(samples && call.whole(4) >= 0)) {
      throw Refusal.syntax();
    }
    return read(call, 2, Answer.NIL, found -> new Answer.Whole(bytes(found)));
  }

  private static long bytes(Instance instance) {
    return ROW_BYTES
        + 2L * Names.utf8Length(instance.key().key())
        + 2L * instance.key().machine().length()
        + 2L * Math.max(0, Names.utf8Length(instance.state()))
        + Math.max(0, Names.utf8Length(instance.value().json().text()));
  }

  private static Step get(Call call) {
    return read(
        call,
        1,
        Answer.NIL,
        found -> {
          byte[] string = Keys.string(found);
          return string == null ? Refusal.WRONG_TYPE : new Answer.Bulk(string);
        });
  }

  private static Step set(Call call) {
    if (call.count() > 3) {
      throw Refusal.syntax();
    }
    return Step.ask(
        Keys.put(call.key(1), call.parts()[2]),
        reply -> reply instanceof Reply.Done ? Answer.OK : Keys.otherwise(reply, Answer.NIL));
  }

  private static Step read(Call call, int index, Answer missing, Function<Instance, Answer> view) {
    return new Step.Look(
        call.key(index),
        reply ->
            reply instanceof Reply.Found found
                ? view.apply(found.instance())
                : Keys.otherwise(reply, missing));
  }

  private static Step copy(Call call) {
    Key source = call.key(1);
    Key destination = call.key(2);
    boolean replace = false;
    for (int i = 3; i < call.count(); i++) {
      if (call.is(i, "REPLACE")) {
        replace = true;
      } else if (call.is(i, "DB") && i + 1 < call.count()) {
        if (call.whole(++i) != 0) {
          throw new Refusal(Answer.error("DB index is out of range"));
        }
      } else {
        throw Refusal.syntax();
      }
    }
    if (source.equals(destination)) {
      throw new Refusal(Answer.error("source and destination objects are the same"));
    }
    boolean over = replace;
    return new Step.Inside(
        Set.of(source, destination),
        false,
        together -> copied(together, source, destination, over));
  }

  private static Answer copied(Together together, Key source, Key destination, boolean replace) {
    Instance from = Keys.read(together, source);
    Instance to = Keys.read(together, destination);
    if (from == null || (to != null && !replace)) {
      return ZERO;
    }
    byte[] string = Keys.string(from);
    if (to != null && string == null && Keys.string(to) != null) {
      var _ = together.ask(Keys.call(destination, "delete", Json.NULL));
    }
    Request.Call call =
        string == null
            ? Keys.call(destination, "set", from.value().json())
            : Keys.put(destination, string);
    Reply reply = together.ask(call);
    return reply instanceof Reply.Done ? ONE : Keys.otherwise(reply, ZERO);
  }
}
