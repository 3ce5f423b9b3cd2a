// SPDX-License-Identifier: Apache-2.0
package dev.detent.checks.docs;

import dev.detent.checks.Repository;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/// Asks the server's command line which commands and options it has.
final class CommandLines {
  private CommandLines() {}

  /// Returns the options of each subcommand by its name, and those of the top by an empty name.
  static Map<String, Set<String>> options() {
    var options = new TreeMap<String, Set<String>>();
    commandLine()
        .forEach(top -> {
          options.put("", names(top));
          top.getSubcommands().forEach((name, command) -> options.put(name, names(command)));
        });
    return options;
  }

  /// Returns the names of the settings, as the environment spells them.
  static List<String> settings() {
    return serverClasses()
        .filter(type -> type.getSimpleName().equals("Setting") && type.isEnum())
        .flatMap(type -> Stream.of(type.getEnumConstants()))
        .map(constant -> ((Enum<?>) constant).name())
        .toList();
  }

  private static Set<String> names(CommandLine command) {
    var names = new TreeSet<String>();
    for (OptionSpec option : command.getCommandSpec().options()) {
      names.addAll(List.of(option.names()));
    }
    return names;
  }

  /// Finds the one method of the server that makes the whole command line.
  private static Stream<CommandLine> commandLine() {
    return serverClasses()
        .flatMap(type -> Stream.of(type.getDeclaredMethods()))
        .filter(method -> Modifier.isStatic(method.getModifiers()))
        .filter(method -> method.getReturnType() == CommandLine.class)
        .filter(method -> method.getParameterCount() == 0)
        .map(CommandLines::call);
  }

  private static CommandLine call(Method method) {
    try {
      method.setAccessible(true);
      return (CommandLine) method.invoke(null);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError("expected " + method + " to make the command line", e);
    }
  }

  private static Stream<Class<?>> serverClasses() {
    var top = Repository.root().resolve("server/target/classes");
    return Repository.classes("server", "classes").stream()
        .map(file -> top.relativize(file).toString().replace('/', '.').replace(".class", ""))
        .filter(name -> name.matches("dev\\.detent\\.server(\\.cli)?\\.\\w+"))
        .map(CommandLines::load);
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name, false, CommandLines.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }
}
