// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Finds the command that a client names and checks what Redis checks before it runs one, in its
/// order and words.
final class Dispatcher {
  private static final int SHOWN_MAX = 128;

  /// Refuses a command that can't be part of a transaction.
  static final Answer NOT_QUEUED = Answer.error("Command not allowed inside a transaction");

  private static final Answer QUEUED = new Answer.Simple("QUEUED");
  private static final Set<String> LISTENING =
      Set.of("subscribe", "unsubscribe", "psubscribe", "punsubscribe", "ping", "quit", "reset");
  private static final Set<String> NEVER_QUEUED =
      Set.of("multi", "exec", "discard", "watch", "quit", "reset");
  private static final Set<String> FOR_STRANGERS = Set.of("auth", "hello", "quit", "reset");

  private final CommandTable table;

  Dispatcher(CommandTable table) {
    this.table = table;
  }

  /// Begins a command.
  Step dispatch(Session session, byte[][] parts) {
    session.shared().counted();
    String name = RespParser.name(parts[0]);
    if (name.equals("post") || name.equals("host:")) {
      session.connection().lastCommand(); // somebody has a browser talk to this port
      return Step.now(new Answer.Several(java.util.List.of()));
    }
    Command command = table.find(name);
    Answer refused = unfit(command, parts);
    if (refused == null
        && command != null
        && !command.subcommands().isEmpty()
        && parts.length > 1) {
      command = command.subcommands().get(RespParser.name(parts[1]));
      refused = unfit(command, parts);
    }
    if (refused == null && command != null) {
      refused = barred(session, command);
    }
    if (refused != null || command == null) {
      session.transaction().spoil();
      return Step.now(refused == null ? unknown(parts) : told(session, name, refused));
    }
    session.began(command.name());
    return begin(new Call(session, command, parts));
  }

  /// Returns how a refusal is told. That of `EXEC` ends the transaction.
  private static Answer told(Session session, String name, Answer refused) {
    if (!name.equals("exec") || !(refused instanceof Answer.Failure(String text))) {
      return refused;
    }
    session.transaction().discard();
    String why = text.startsWith("ERR ") ? text.substring(4) : text;
    return new Answer.Failure("EXECABORT Transaction discarded because of: " + why);
  }

  private static Step begin(Call call) {
    Session session = call.session();
    String name = call.command().name();
    try {
      if (session.transaction().open() && !NEVER_QUEUED.contains(name)) {
        return Step.now(queue(call));
      }
      return call.command().handler().run(call);
    } catch (RuntimeException e) {
      return Step.now(Refusal.of(e));
    }
  }

  private static Answer queue(Call call) {
    Transaction transaction = call.session().transaction();
    Answer refused = unfit(call);
    if (refused != null) {
      transaction.spoil();
      return refused;
    }
    if (call.command().has("no_multi")) {
      refused = NOT_QUEUED;
    } else if (!transaction.add(call)) {
      refused = Answer.error("transaction: expected at most 10000 commands of 8 MiB, got more");
    }
    if (refused != null) {
      transaction.spoil();
      return refused;
    }
    return QUEUED;
  }

  private static @Nullable Answer unfit(Call call) {
    try {
      return EngineCommands.unfit(call);
    } catch (Refusal e) {
      return e.answer();
    }
  }

  private static @Nullable Answer unfit(@Nullable Command command, byte[][] parts) {
    if (command == null) {
      return null;
    }
    if (!command.takes(parts.length)) {
      return arity(command);
    }
    if (command.subcommands().size() > 0
        && parts.length > 1
        && !command.subcommands().containsKey(RespParser.name(parts[1]))) {
      String container = command.name().toUpperCase(Locale.ROOT);
      return Answer.error(
          "unknown subcommand '" + shown(parts[1], SHOWN_MAX) + "'. Try " + container + " HELP.");
    }
    return null;
  }

  private static @Nullable Answer barred(Session session, Command command) {
    if (session.stranger() && !FOR_STRANGERS.contains(command.name())) {
      return new Answer.Failure("NOAUTH Authentication required.");
    }
    if (session.listensOnly() && !LISTENING.contains(command.name())) {
      return Answer.error(
          "Can't execute '"
              + command.name()
              + "': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in"
              + " this context");
    }
    return null;
  }

  /// Refuses a number of arguments in Redis's words.
  static Answer arity(Command command) {
    return Answer.error("wrong number of arguments for '" + command.name() + "' command");
  }

  private static Answer unknown(byte[][] parts) {
    var arguments = new StringBuilder();
    int bytes = 0;
    for (int i = 1; i < parts.length && bytes < SHOWN_MAX; i++) {
      String shown = shown(parts[i], SHOWN_MAX - bytes);
      arguments.append('\'').append(shown).append("' ");
      bytes += Math.min(parts[i].length, SHOWN_MAX - bytes) + 3;
    }
    return Answer.error(
        "unknown command '"
            + shown(parts[0], SHOWN_MAX)
            + "', with args beginning with: "
            + arguments);
  }

  private static String shown(byte[] word, int bytesMax) {
    int length = 0;
    while (length < Math.min(word.length, bytesMax) && word[length] != 0) {
      length++;
    }
    return new String(word, 0, length, StandardCharsets.UTF_8);
  }
}
