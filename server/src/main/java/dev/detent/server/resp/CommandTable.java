// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Names all commands that there are.
///
/// **Threads**: it does not change once it is made.
final class CommandTable {
  private final Map<String, Command> byName = new HashMap<>();
  private final Map<String, Command> sorted = new TreeMap<>();

  private CommandTable() {}

  /// Returns the commands of this door.
  static CommandTable standard() {
    var table = new CommandTable();
    table.add(StateCommands.all());
    table.add(EngineCommands.all());
    table.add(KeyCommands.all());
    table.add(ListingCommands.all());
    table.add(ConnectionCommands.all());
    table.add(ClientCommands.all());
    table.add(ServerCommands.all());
    table.add(ChannelCommands.all());
    table.add(StreamCommands.all());
    table.add(TransactionCommands.all());
    table.add(new CommandCommands(table).all());
    return table;
  }

  private void add(List<Command> more) {
    for (Command command : more) {
      byName.put(command.name(), command);
      sorted.put(command.name(), command);
    }
  }

  /// Returns a command by its name in lower case, or null.
  @Nullable Command find(String name) {
    return byName.get(name);
  }

  /// Returns all of them, by name.
  Collection<Command> all() {
    return Collections.unmodifiableCollection(sorted.values());
  }
}
