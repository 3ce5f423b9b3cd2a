// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Names all commands that there are.
///
/// **Threads**: immutable.
final class CommandTable {
  private final Map<String, Command> commands;

  private CommandTable(Map<String, Command> commands) {
    this.commands = Collections.unmodifiableMap(commands);
  }

  /// Returns the commands of this door.
  static CommandTable standard() {
    var all = new TreeMap<String, Command>();
    var table = new CommandTable(all);
    add(all, StateCommands.all());
    add(all, EngineCommands.all());
    add(all, KeyCommands.all());
    add(all, ListingCommands.all());
    add(all, ConnectionCommands.all());
    add(all, ClientCommands.all());
    add(all, ServerCommands.all());
    add(all, ChannelCommands.all());
    add(all, StreamCommands.all());
    add(all, TransactionCommands.all());
    add(all, new CommandCommands(table).all());
    return table;
  }

  private static void add(Map<String, Command> all, List<Command> more) {
    more.forEach(command -> all.put(command.name(), command));
  }

  /// Returns a command by its name in lower case, or null.
  @Nullable Command find(String name) {
    return commands.get(name);
  }

  /// Returns all of them, by name.
  Collection<Command> all() {
    return commands.values();
  }
}
