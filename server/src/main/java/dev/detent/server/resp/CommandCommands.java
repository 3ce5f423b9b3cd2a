// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Serves `COMMAND`: what commands there are.
final class CommandCommands {
  private static final String GROUP = "server";

  private final CommandTable table;

  CommandCommands(CommandTable table) {
    this.table = table;
  }

  List<Command> all() {
    return List.of(
        Command.container(
                "command",
                GROUP,
                "Describes commands.",
                Command.of("count", 2, "", call -> Step.now(new Answer.Whole(table.all().size())))
                    .docs(GROUP, "Returns how many commands there are.", ""),
                Command.of("docs", -2, "", this::docs)
                    .docs(GROUP, "Documents commands.", "[command-name...]"),
                Command.of("info", -2, "", this::info)
                    .docs(GROUP, "Describes commands for programs.", "[command-name...]"),
                Command.of("list", -2, "", this::list)
                    .docs(GROUP, "Names commands.", "[FILTERBY=filter] [value]"),
                Command.of("getkeys", -4, "", this::keys)
                    .docs(GROUP, "Finds the keys of a command.", "command [arg...]"))
            .orAlone(-1, call -> Step.now(infos(table.all()))));
  }

  private @Nullable Command find(String name) {
    int bar = name.indexOf('|');
    Command command = table.find(bar < 0 ? name : name.substring(0, bar));
    return command == null || bar < 0
        ? command
        : command.subcommands().get(name.substring(bar + 1));
  }

  private static Answer infos(Collection<Command> commands) {
    return new Answer.Items(commands.stream().map(CommandCommands::shown).toList());
  }

  private static Answer shown(Command command) {
    var flags = new ArrayList<Answer>();
    command.flags().forEach(flag -> flags.add(new Answer.Simple(flag)));
    var categories = new ArrayList<Answer>();
    for (String flag : List.of("write", "readonly", "fast")) {
      if (command.has(flag)) {
        categories.add(new Answer.Simple("@" + (flag.equals("readonly") ? "read" : flag)));
      }
    }
    categories.add(new Answer.Simple("@" + command.docs().group()));
    Command.Keys keys = command.keys();
    return Answer.items(
        Answer.text(command.name()),
        new Answer.Whole(command.arity()),
        new Answer.Members(flags),
        new Answer.Whole(keys.first()),
        new Answer.Whole(keys.last()),
        new Answer.Whole(keys.step()),
        new Answer.Members(categories),
        new Answer.Members(List.of()),
        new Answer.Members(placed(command)),
        infos(command.subcommands().values()));
  }

  /// Says where keys are in the words of Redis since 7.0.
  private static List<Answer> placed(Command command) {
    Command.Keys keys = command.keys();
    if (keys.first() == 0) {
      return List.of();
    }
    boolean reads = command.has("readonly");
    int last = keys.last() < 0 ? keys.last() : keys.last() - keys.first();
    var flags =
        List.<Answer>of(new Answer.Simple(reads ? "RO" : "RW"), new Answer.Simple("access"));
    var range = new ArrayList<Answer>();
    add(range, "lastkey", new Answer.Whole(last));
    add(range, "keystep", new Answer.Whole(keys.step()));
    add(range, "limit", new Answer.Whole(0));
    var index = new ArrayList<Answer>();
    add(index, "index", new Answer.Whole(keys.first()));
    var fields = new ArrayList<Answer>();
    add(fields, "flags", new Answer.Members(flags));
    add(fields, "begin_search", found("index", index));
    add(fields, "find_keys", found("range", range));
    return List.of(new Answer.Fields(fields));
  }

  private static Answer found(String type, List<Answer> spec) {
    var fields = new ArrayList<Answer>();
    add(fields, "type", Answer.text(type));
    add(fields, "spec", new Answer.Fields(spec));
    return new Answer.Fields(fields);
  }

  private Step info(Call call) {
    if (call.count() == 2) {
      return Step.now(infos(table.all()));
    }
    var found = new ArrayList<Answer>();
    for (int i = 2; i < call.count(); i++) {
      Command command = find(RespParser.name(call.parts()[i]));
      found.add(command == null ? Answer.NIL : shown(command));
    }
    return Step.now(new Answer.Items(found));
  }

  private Step docs(Call call) {
    var found = new ArrayList<Answer>();
    for (int i = 2; i < call.count(); i++) {
      Command command = find(RespParser.name(call.parts()[i]));
      if (command != null) {
        document(found, command);
      }
    }
    if (call.count() == 2) {
      table.all().forEach(command -> document(found, command));
    }
    return Step.now(new Answer.Fields(found));
  }

  private static void document(List<Answer> found, Command command) {
    var fields = new ArrayList<Answer>();
    add(fields, "summary", Answer.text(command.docs().summary()));
    add(fields, "since", Answer.text(command.name().startsWith("sm.") ? "0.1.0" : "1.0.0"));
    add(fields, "group", Answer.text(command.docs().group()));
    add(fields, "arity", new Answer.Whole(command.arity()));
    List<Answer> arguments = command.docs().arguments().stream().map(Argument::shown).toList();
    if (!arguments.isEmpty()) {
      add(fields, "arguments", new Answer.Items(arguments));
    }
    if (!command.subcommands().isEmpty()) {
      var subs = new ArrayList<Answer>();
      command.subcommands().values().forEach(sub -> document(subs, sub));
      add(fields, "subcommands", new Answer.Fields(subs));
    }
    add(found, command.name(), new Answer.Fields(fields));
  }

  private static void add(List<Answer> fields, String name, Answer value) {
    fields.add(Answer.text(name));
    fields.add(value);
  }

  private Step list(Call call) {
    boolean filtered = call.count() == 5 && call.is(2, "FILTERBY");
    if (call.count() > 2 && !filtered) {
      throw Refusal.syntax();
    }
    var names = new ArrayList<String>();
    for (Command command : table.all()) {
      if (!filtered || passes(command, call)) {
        names.add(command.name());
      }
    }
    return Step.now(Answer.texts(names));
  }

  private static boolean passes(Command command, Call call) {
    String value = call.text(4);
    if (call.is(3, "PATTERN")) {
      return Glob.matches(value, command.name());
    } else if (call.is(3, "MODULE")) {
      return value.equals("redisstate") && command.name().startsWith("sm.");
    } else if (call.is(3, "ACLCAT")) {
      return command.has(value.equals("read") ? "readonly" : value)
          || command.docs().group().equals(value);
    }
    throw Refusal.syntax();
  }

  /// Finds the keys of `XREAD`, which stand before as many ids.
  private static Answer streams(Call call) {
    int first = 3;
    while (first < call.count() && !call.is(first - 1, "STREAMS")) {
      first++;
    }
    int rest = call.count() - first;
    if (rest == 0 || rest % 2 != 0) {
      throw new Refusal(Answer.error("Invalid arguments specified for command"));
    }
    var found = new ArrayList<Answer>();
    for (int i = first; i < first + rest / 2; i++) {
      found.add(new Answer.Bulk(call.parts()[i]));
    }
    return new Answer.Items(found);
  }

  private Step keys(Call call) {
    int parts = call.count() - 2;
    Command command = find(RespParser.name(call.parts()[2]));
    if (command != null && !command.subcommands().isEmpty() && parts > 1) {
      command = command.subcommands().get(RespParser.name(call.parts()[3]));
    }
    if (command == null) {
      throw new Refusal(Answer.error("Invalid command specified"));
    } else if (command.has("movablekeys") && command.takes(parts)) {
      return Step.now(streams(call));
    } else if (command.keys().first() == 0) {
      throw new Refusal(Answer.error("The command has no key arguments"));
    } else if (!command.takes(parts)) {
      throw new Refusal(Answer.error("Invalid number of arguments specified for command"));
    }
    int last = command.keys().last() < 0 ? parts + command.keys().last() : command.keys().last();
    var found = new ArrayList<Answer>();
    for (int i = command.keys().first(); i <= last && i < parts; i += command.keys().step()) {
      found.add(new Answer.Bulk(call.parts()[i + 2]));
    }
    return Step.now(new Answer.Items(found));
  }
}
