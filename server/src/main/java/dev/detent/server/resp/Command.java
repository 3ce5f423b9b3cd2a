// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Declares one command, or one with subcommands.
///
/// @param name its name in lower case; of a subcommand `container|name`
/// @param arity how many parts it has, its name included; negative: at least so many
/// @param flags what it is, as `COMMAND` says
/// @param keys where its keys are
/// @param docs what `COMMAND DOCS` says
/// @param subcommands its subcommands by name
/// @param handler what it does
record Command(
    String name,
    int arity,
    List<String> flags,
    Keys keys,
    Docs docs,
    Map<String, Command> subcommands,
    Handler handler) {
  /// Decides what a command does. It may throw [Refusal] and what the engine throws.
  @FunctionalInterface
  interface Handler {
    Step run(Call call);
  }

  /// Says where keys are.
  ///
  /// @param first the first key's place, 0 for none
  /// @param last the last key's place, negative from the end
  /// @param step from key to key
  record Keys(int first, int last, int step) {
    static final Keys NONE = new Keys(0, 0, 0);
    static final Keys ONE = new Keys(1, 1, 1);
    static final Keys ALL = new Keys(1, -1, 1);
  }

  /// Says what it is for.
  ///
  /// @param group to what it belongs
  /// @param summary what it does, in a sentence
  /// @param arguments see [Argument#parse]
  record Docs(String group, String summary, List<Argument> arguments) {}

  /// Declares a command.
  static Command of(String name, int arity, String flags, Keys keys, Handler handler) {
    List<String> words = flags.isEmpty() ? List.of() : List.of(flags.split(" "));
    var docs = new Docs("server", "", List.of());
    return new Command(name, arity, words, keys, docs, Map.of(), handler);
  }

  /// Declares a command without keys.
  static Command of(String name, int arity, String flags, Handler handler) {
    return of(name, arity, flags, Keys.NONE, handler);
  }

  /// Declares one that only has subcommands.
  static Command container(String name, String group, String summary, Command... subcommands) {
    var byName = new LinkedHashMap<String, Command>();
    for (Command sub : subcommands) {
      byName.put(sub.name, sub.named(name + "|" + sub.name));
    }
    return new Command(
        name,
        -2,
        List.of(),
        Keys.NONE,
        new Docs(group, summary, List.of()),
        byName,
        call -> Step.now(Refusal.SYNTAX));
  }

  /// Returns the same with what it is for.
  ///
  /// @param arguments see [Argument#parse]
  Command docs(String group, String summary, String arguments) {
    var docs = new Docs(group, summary, Argument.parse(arguments));
    return new Command(name, arity, flags, keys, docs, subcommands, handler);
  }

  /// Returns the same that does something without subcommands as well.
  Command orAlone(int least, Handler alone) {
    return new Command(name, least, flags, keys, docs, subcommands, alone);
  }

  private Command named(String other) {
    return new Command(other, arity, flags, keys, docs, subcommands, handler);
  }

  /// Tells whether it takes so many parts.
  boolean takes(int parts) {
    return arity >= 0 ? parts == arity : parts >= -arity;
  }

  boolean has(String flag) {
    return flags.contains(flag);
  }
}
