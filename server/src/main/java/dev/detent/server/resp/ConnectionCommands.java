// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Serves what concerns the connection itself.
final class ConnectionCommands {
  /// The version of Redis whose commands these are.
  static final String REDIS_VERSION = "7.0.15";

  private static final String GROUP = "connection";
  private static final String USER = "default";
  private static final Answer WRONG_TOKEN =
      new Answer.Failure("WRONGPASS invalid username-password pair or user is disabled.");
  private static final Answer NO_TOKEN =
      Answer.error(
          "AUTH <password> called without any password configured for the default user. Are you"
              + " sure your configuration is correct?");

  private ConnectionCommands() {}

  static List<Command> all() {
    return List.of(
        Command.of("auth", -2, "noscript no_auth fast", ConnectionCommands::auth)
            .docs(GROUP, "Says who the client is, by the server's token.", "[username] password"),
        Command.of("hello", -1, "noscript no_auth fast", ConnectionCommands::hello)
            .docs(
                GROUP,
                "Chooses the protocol, and says who the client is.",
                "[protover] [AUTH=username] [SETNAME=clientname]"),
        Command.of("ping", -1, "fast", ConnectionCommands::ping)
            .docs(GROUP, "Answers PONG, or what it was sent.", "[message]"),
        Command.of("echo", 2, "fast", call -> Step.now(new Answer.Bulk(call.parts()[1])))
            .docs(GROUP, "Answers what it was sent.", "message"),
        Command.of("select", 2, "fast", ConnectionCommands::select)
            .docs(GROUP, "Chooses the database; there is one, 0.", "index"),
        Command.of("quit", -1, "no_auth fast", ConnectionCommands::quit)
            .docs(GROUP, "Closes the connection.", ""),
        Command.of("reset", 1, "no_auth fast", ConnectionCommands::reset)
            .docs(GROUP, "Makes the connection as new.", ""));
  }

  private static Step auth(Call call) {
    if (call.count() > 3) {
      throw Refusal.syntax();
    }
    String token = call.shared().options().token();
    if (token == null && call.count() == 2) {
      return Step.now(NO_TOKEN);
    }
    boolean user = call.count() == 2 || call.text(1).equals(USER);
    return Step.now(authenticate(call, user, call.count() - 1) ? Answer.OK : WRONG_TOKEN);
  }

  private static boolean authenticate(Call call, boolean user, int password) {
    String token = call.shared().options().token();
    boolean right =
        token == null
            || MessageDigest.isEqual(
                token.getBytes(StandardCharsets.UTF_8), call.parts()[password]);
    if (user && right) {
      call.session().authenticate();
    }
    return user && right;
  }

  private static Step hello(Call call) {
    Session session = call.session();
    long version = session.protocol();
    if (call.count() > 1) {
      version = call.whole(1, Answer.error("Protocol version is not an integer or out of range"));
      if (version != 2 && version != 3) {
        return Step.now(new Answer.Failure("NOPROTO unsupported protocol version"));
      }
    }
    String name = null;
    for (int i = 2; i < call.count(); i++) {
      if (call.is(i, "AUTH") && i + 2 < call.count()) {
        if (!authenticate(call, call.text(i + 1).equals(USER), i + 2)) {
          return Step.now(WRONG_TOKEN);
        }
        i += 2;
      } else if (call.is(i, "SETNAME") && i + 1 < call.count()) {
        name = ClientCommands.requireName(call.text(++i));
      } else {
        throw new Refusal(Answer.error("Syntax error in HELLO option '" + call.text(i) + "'"));
      }
    }
    if (session.stranger()) {
      return Step.now(
          new Answer.Failure(
              "NOAUTH HELLO must be called with the client already authenticated, otherwise the"
                  + " HELLO AUTH <user> <pass> option can be used to authenticate the client and"
                  + " select the RESP protocol version at the same time"));
    }
    if (name != null) {
      session.name(name);
    }
    session.speak((int) version);
    return Step.now(introduction(session, version));
  }

  private static Answer introduction(Session session, long version) {
    return new Answer.Fields(
        List.of(
            Answer.text("server"), Answer.text("redis"),
            Answer.text("version"), Answer.text(REDIS_VERSION),
            Answer.text("proto"), new Answer.Whole(version),
            Answer.text("id"), new Answer.Whole(session.id()),
            Answer.text("mode"), Answer.text("standalone"),
            Answer.text("role"), Answer.text("master"),
            Answer.text("modules"), new Answer.Items(List.of())));
  }

  private static Step ping(Call call) {
    if (call.count() > 2) {
      return Step.now(Dispatcher.arity(call.command()));
    }
    Session session = call.session();
    byte[] message = call.count() == 2 ? call.parts()[1] : null;
    return session.transaction().open()
        ? new Step.Phased(() -> () -> Step.Heard.of(pong(session, message)))
        : Step.now(pong(session, message));
  }

  private static Answer pong(Session session, byte @Nullable [] message) {
    Answer told = message == null ? null : new Answer.Bulk(message);
    if (session.listensOnly()) {
      return Answer.items(Answer.text("pong"), told == null ? Answer.text("") : told);
    }
    return told == null ? new Answer.Simple("PONG") : told;
  }

  private static Step select(Call call) {
    if (call.whole(1) != 0) {
      throw new Refusal(Answer.error("DB index is out of range"));
    }
    return Step.now(Answer.OK);
  }

  private static Step quit(Call call) {
    call.session().connection().lastCommand();
    return Step.now(Answer.OK);
  }

  private static Step reset(Call call) {
    call.session().reset();
    return Step.now(new Answer.Simple("RESET"));
  }
}
