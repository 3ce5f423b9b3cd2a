// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.cli;

import dev.detent.DetentException;
import dev.detent.server.Setting;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/// Declares the commands and finds the one that the arguments name.
///
/// The options of `serve` and `dev` come from [Setting], without reflection, which would cost a
/// noticeable part of the start.
final class Commands {
  private final Console console;

  Commands(Console console) {
    this.console = console;
  }

  /// Runs a command.
  ///
  /// @return the exit code
  int run(String... arguments) {
    CommandLine line = commandLine();
    try {
      ParseResult result = line.parseArgs(arguments);
      while (result.hasSubcommand()) {
        result = result.subcommand();
      }
      line = result.commandSpec().commandLine();
      if (result.isUsageHelpRequested()) {
        line.usage(console.out(), Ansi.OFF);
        return Console.OK;
      }
      if (result.isVersionHelpRequested()) {
        console.out().println("detent " + Version.text());
        return Console.OK;
      }
      return run(result);
    } catch (ParameterException e) {
      return usage(e.getCommandLine(), String.valueOf(e.getMessage()));
    } catch (DetentException e) {
      int exit = console.report(e);
      if (exit == Console.USAGE) {
        line.usage(console.err(), Ansi.OFF);
      }
      return exit;
    } catch (RuntimeException e) {
      return console.report(e);
    }
  }

  private int run(ParseResult result) {
    return switch (result.commandSpec().name()) {
      case "dev" -> new Serving(console, result).dev();
      case "serve" -> new Serving(console, result).serve();
      case "schema" ->
          new Printing(console)
              .schema(
                  result.matchedPositionalValue(0, ""), result.matchedOptionValue("--machine", ""));
      case "diagram" ->
          new Printing(console)
              .diagram(
                  result.matchedPositionalValue(0, ""),
                  result.matchedOptionValue("--format", "mermaid"));
      default -> usage(result.commandSpec().commandLine(), "expected a command, got none");
    };
  }

  private int usage(CommandLine line, String message) {
    console.err().println("detent: " + message.lines().findFirst().orElse(message));
    if (line.getParent() == null) {
      line.usage(console.err(), Ansi.OFF);
      return Console.USAGE;
    }
    Help help = new Help(line.getCommandSpec(), Help.defaultColorScheme(Ansi.OFF));
    String heading = help.synopsisHeading();
    console.err().print(heading + help.synopsis(heading.length()));
    console.err().println("See: " + line.getCommandSpec().qualifiedName() + " --help");
    return Console.USAGE;
  }

  /// Makes the whole command line. The check of the documentation reads it too.
  static CommandLine commandLine() {
    return new CommandLine(root());
  }

  private static CommandSpec root() {
    CommandSpec root = command("detent", "Keeps durable state machines.");
    root.usageMessage().synopsisSubcommandLabel("COMMAND");
    root.addSubcommand("dev", settings(command("dev", "Serves the examples, to try things out.")));
    root.addSubcommand("serve", settings(command("serve", "Serves machines.")));
    root.addSubcommand("schema", schema());
    root.addSubcommand("diagram", diagram());
    root.usageMessage().footer("", "Exit codes: 0 ok, 1 usage, 2 system.");
    return root;
  }

  private static CommandSpec command(String name, String description) {
    CommandSpec command = CommandSpec.create().name(name).mixinStandardHelpOptions(true);
    command
        .usageMessage()
        .description(description)
        .sortOptions(false)
        .width(100)
        .longOptionsMaxWidth(34);
    return command;
  }

  private static CommandSpec settings(CommandSpec command) {
    for (Setting setting : Setting.values()) {
      String placeholder = setting.placeholder();
      OptionSpec.Builder option =
          OptionSpec.builder(setting.option()).description(described(setting));
      if (placeholder == null) {
        option.arity("0").type(boolean.class);
      } else {
        option.arity("1").paramLabel(placeholder);
        option.type(setting.repeatable() ? List.class : String.class);
        option.auxiliaryTypes(String.class);
      }
      command.addOption(option.build());
    }
    command
        .usageMessage()
        .footer(
            "",
            "Each option may also be a variable (--store: DETENT_STORE) or a line in the file of",
            "--config (store=URL). The command line goes first, then variables, then the file.");
    return command;
  }

  private static String described(Setting setting) {
    String standard = setting.standard();
    boolean shown = !standard.isEmpty() && setting.placeholder() != null;
    return setting.description() + (shown ? " (default: " + standard + ")" : "");
  }

  private static CommandSpec schema() {
    CommandSpec command = command("schema", "Prints the tables as SQL.");
    command.addPositional(positional("DIALECT", "one of: " + String.join(", ", Printing.DIALECTS)));
    return command.addOption(
        OptionSpec.builder("--machine")
            .arity("1")
            .type(String.class)
            .paramLabel("NAME")
            .description("print the table that this mapped machine needs instead")
            .build());
  }

  private static CommandSpec diagram() {
    CommandSpec command = command("diagram", "Draws a machine that a JSON file defines.");
    command.addPositional(positional("FILE.json", "the definition"));
    return command.addOption(
        OptionSpec.builder("--format")
            .arity("1")
            .type(String.class)
            .paramLabel("FORMAT")
            .description("one of: " + String.join(", ", Printing.FORMATS) + " (default: mermaid)")
            .build());
  }

  private static PositionalParamSpec positional(String label, String description) {
    return PositionalParamSpec.builder()
        .index("0")
        .required(true)
        .type(String.class)
        .paramLabel(label)
        .description(description)
        .build();
  }
}
