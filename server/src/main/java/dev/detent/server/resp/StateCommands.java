// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import dev.detent.ErrorCode;
import dev.detent.Key;
import dev.detent.Problem;
import dev.detent.codec.Json;
import dev.detent.engine.Precondition;
import dev.detent.engine.Reply;
import dev.detent.engine.Request;
import dev.detent.machine.StateDocument;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Serves the machines of the door itself: documents that bring their own states.
final class StateCommands {
  private static final String GROUP = "statemachine";
  private static final Answer INVALID_STATE = new Answer.Failure("Invaild state transition");
  private static final Answer INVALID_OPTION = new Answer.Failure("Invaild command option");
  private static final Answer TEMPLATE = Answer.text(StateDocument.EMPTY.json().text());
  private static final Json TRUE = Json.trusted("true");

  private StateCommands() {}

  static List<Command> all() {
    return List.of(
        Command.of("sm.template", 1, "fast", call -> Step.now(TEMPLATE))
            .docs(GROUP, "Returns the document of a machine without states.", ""),
        Command.of("sm.create", 2, "write denyoom", Command.Keys.ONE, StateCommands::create)
            .docs(GROUP, "Makes a machine without states.", "key"),
        Command.of("sm.set", -3, "write denyoom", Command.Keys.ONE, StateCommands::set)
            .docs(GROUP, "Makes or replaces a machine by its document.", "key json [current]"),
        Command.of("sm.get", -2, "readonly", Command.Keys.ONE, StateCommands::get)
            .docs(GROUP, "Returns a machine's document, or its reason.", "key [REASON]"),
        Command.of("sm.state", -2, "readonly fast", Command.Keys.ONE, StateCommands::state)
            .docs(GROUP, "Returns where a machine is, or the states of its map.", "key [LIST]"),
        Command.of("sm.mutate", -3, "write denyoom fast", Command.Keys.ONE, StateCommands::mutate)
            .docs(GROUP, "Moves a machine along its map.", "key state [reason] [FORCE]"),
        Command.of("sm.reset", 2, "write fast", Command.Keys.ONE, StateCommands::reset)
            .docs(GROUP, "Moves a machine to its initial state.", "key"));
  }

  private static Step create(Call call) {
    return change(call.key(1), "create", Json.NULL, Answer.NIL);
  }

  private static Step set(Call call) {
    if (call.count() > 4) {
      return Step.now(Dispatcher.arity(call.command()));
    }
    Key key = call.key(1);
    Json document = Json.parse(call.parts()[2]);
    if (call.count() == 4 && call.parts()[3].length > 0 && document.isObject()) {
      document = document.merge(Json.object(Map.of("current", Json.string(call.text(3)))));
    }
    return change(key, "set", document, Answer.NIL);
  }

  private static Step get(Call call) {
    if (call.count() > 3) {
      return Step.now(Dispatcher.arity(call.command()));
    }
    boolean reason = call.is(2, "REASON");
    if (call.count() == 3 && !reason) {
      throw Refusal.syntax();
    }
    return read(call.key(1), found -> Answer.text(reason ? document(found).reason() : text(found)));
  }

  private static Step state(Call call) {
    if (call.count() > 3) {
      return Step.now(Dispatcher.arity(call.command()));
    }
    boolean list = call.is(2, "LIST");
    if (call.count() == 3 && !list) {
      throw Refusal.syntax();
    }
    return read(
        call.key(1),
        found ->
            list
                ? Answer.texts(document(found).states())
                : Answer.items(Answer.text(document(found).current())));
  }

  private static Step mutate(Call call) {
    if (call.count() > 5) {
      return Step.now(Dispatcher.arity(call.command()));
    }
    boolean strict = call.shared().settings().strict();
    Key key = call.key(1);
    String target = call.text(2);
    boolean force = call.is(4, "FORCE");
    if (call.count() == 5 && !force) {
      if (!strict) {
        throw Refusal.syntax();
      }
      return read(
          key, found -> document(found).states().contains(target) ? INVALID_OPTION : INVALID_STATE);
    }
    var members = LinkedHashMap.<String, Json>newLinkedHashMap(4);
    members.put("state", Json.string(target));
    if (call.count() > 3) {
      members.put("reason", Json.string(call.text(3)));
    }
    if (force) {
      members.put("force", TRUE);
    }
    if (strict) {
      members.put("strict", TRUE);
    }
    return change(key, "mutate", Json.object(members), strict ? INVALID_STATE : Answer.NIL);
  }

  private static Step reset(Call call) {
    return change(call.key(1), "reset", Json.NULL, Answer.NIL);
  }

  private static Step change(Key key, String command, Json input, Answer notAllowed) {
    var request = new Request.Call(key, command, input, null, Precondition.NONE);
    return Step.ask(request, reply -> changed(reply, notAllowed));
  }

  private static Answer changed(Reply reply, Answer notAllowed) {
    return switch (reply) {
      case Reply.Done _ -> Answer.OK;
      case Reply.Refused(Problem problem, _, _)
          when problem.code() == ErrorCode.TRANSITION_NOT_ALLOWED ->
          problem.members().containsKey("type") ? Refusal.WRONG_TYPE : notAllowed;
      default -> Keys.otherwise(reply, Answer.NIL);
    };
  }

  private static Step read(Key key, Function<Reply.Found, Answer> view) {
    return new Step.Look(
        key,
        reply ->
            reply instanceof Reply.Found found
                ? view.apply(found)
                : Keys.otherwise(reply, Answer.NIL));
  }

  private static StateDocument document(Reply.Found found) {
    StateDocument document = StateDocument.of(found.instance().value());
    if (document == null) {
      throw new Refusal(Refusal.WRONG_TYPE);
    }
    return document;
  }

  private static String text(Reply.Found found) {
    var _ = document(found);
    return found.instance().value().json().text();
  }
}
