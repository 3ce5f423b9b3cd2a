// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Serves `CLIENT`: what clients say of themselves, and who is here.
final class ClientCommands {
  private static final String GROUP = "connection";

  private ClientCommands() {}

  static List<Command> all() {
    return List.of(
        Command.container(
            "client",
            GROUP,
            "Names clients and lists them.",
            Command.of("id", 2, "fast", call -> Step.now(new Answer.Whole(call.session().id())))
                .docs(GROUP, "Returns the connection's number.", ""),
            Command.of("setname", 3, "fast", ClientCommands::setName)
                .docs(GROUP, "Names the connection.", "name"),
            Command.of("getname", 2, "fast", ClientCommands::getName)
                .docs(GROUP, "Returns the connection's name.", ""),
            Command.of("setinfo", 4, "fast", ClientCommands::setInfo)
                .docs(GROUP, "Says which library the client uses.", "attribute value"),
            Command.of("info", 2, "", call -> Step.now(verbatim(call.session().line())))
                .docs(GROUP, "Describes the connection.", ""),
            Command.of("list", -2, "", ClientCommands::list)
                .docs(GROUP, "Describes all connections.", "[TYPE=type] [ID=id...]")));
  }

  private static Answer verbatim(String text) {
    return new Answer.Verbatim(text);
  }

  /// Returns the name of a client, if it may be one.
  static String requireName(String name) {
    if (!plain(name)) {
      throw new Refusal(
          Answer.error("Client names cannot contain spaces, newlines or special characters."));
    }
    return name;
  }

  private static boolean plain(String text) {
    return text.chars().allMatch(c -> c >= '!' && c <= '~');
  }

  private static Step setName(Call call) {
    call.session().name(requireName(call.text(2)));
    return Step.now(Answer.OK);
  }

  private static Step getName(Call call) {
    String name = call.session().name();
    return Step.now(name.isEmpty() ? Answer.NIL : Answer.text(name));
  }

  private static Step setInfo(Call call) {
    String value = call.text(3);
    if (!call.is(2, "LIB-NAME") && !call.is(2, "LIB-VER")) {
      throw new Refusal(Answer.error("Unrecognized option '" + call.text(2) + "'"));
    } else if (!plain(value)) {
      String what = call.text(2).toLowerCase(java.util.Locale.ROOT);
      throw new Refusal(
          Answer.error(what + " cannot contain spaces, newlines or special characters."));
    } else if (call.is(2, "LIB-NAME")) {
      call.session().library(value);
    } else {
      call.session().libraryVersion(value);
    }
    return Step.now(Answer.OK);
  }

  private static Step list(Call call) {
    var sessions = new ArrayList<>(call.shared().clients().values());
    if (call.is(2, "TYPE") && call.count() == 4) {
      requireType(call);
      sessions.removeIf(session -> call.is(3, "pubsub") == (session.subscribed() == 0));
      sessions.removeIf(session -> !call.is(3, "pubsub") && !call.is(3, "normal"));
    } else if (call.is(2, "ID") && call.count() > 3) {
      var ids = new ArrayList<Long>();
      for (int i = 3; i < call.count(); i++) {
        ids.add(call.whole(i, Answer.error("Invalid client ID")));
      }
      sessions.removeIf(session -> !ids.contains(session.id()));
    } else if (call.count() > 2) {
      throw Refusal.syntax();
    }
    return Step.now(verbatim(sessions.stream().map(Session::line).collect(Collectors.joining())));
  }

  private static void requireType(Call call) {
    for (String type : List.of("normal", "master", "replica", "slave", "pubsub")) {
      if (call.is(3, type)) {
        return;
      }
    }
    throw new Refusal(Answer.error("Unknown client type '" + call.text(3) + "'"));
  }
}
