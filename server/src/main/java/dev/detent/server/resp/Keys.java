// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import dev.detent.ErrorCode;
import dev.detent.Key;
import dev.detent.Problem;
import dev.detent.codec.Json;
import dev.detent.engine.Instance;
import dev.detent.engine.Precondition;
import dev.detent.engine.Reply;
import dev.detent.engine.Request;
import dev.detent.engine.Together;
import dev.detent.machine.StateDocument;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Knows what keys hold, and asks the engine about them.
final class Keys {
  /// The type of a machine.
  static final String MACHINE = "StateType";

  /// The type of a plain string.
  static final String STRING = "string";

  private static final long PATIENCE_S = 30;

  private Keys() {}

  /// Answers a reply that is not what was hoped for.
  ///
  /// @param missing what to answer if there is no such instance
  static Answer otherwise(Reply reply, Answer missing) {
    if (!(reply instanceof Reply.Refused(Problem problem, _, _))) {
      return Answer.error(
          "server: expected another reply, got " + reply.getClass().getSimpleName());
    }
    return isMissing(problem) ? missing : Refusal.of(problem);
  }

  /// Tells whether an instance is missing.
  static boolean isMissing(Problem problem) {
    return problem.code() == ErrorCode.NOT_FOUND
        && "instance".equals(problem.members().get("what"));
  }

  /// Returns what type an instance is of.
  static String type(Instance instance) {
    return StateDocument.of(instance.value()) == null ? STRING : MACHINE;
  }

  /// Returns the plain string that an instance holds, or null if it holds a machine.
  static byte @Nullable [] string(Instance instance) {
    if (StateDocument.of(instance.value()) != null) {
      return null;
    }
    Map<String, Json> members = instance.value().json().members();
    Json text = members.get(STRING);
    return text != null
        ? text.asString().getBytes(StandardCharsets.UTF_8)
        : Base64.getDecoder().decode(members.getOrDefault("base64", Json.string("")).asString());
  }

  /// Returns the command that keeps a plain string.
  static Request.Call put(Key key, byte[] value) {
    Json input;
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString();
      input = Json.object(Map.of(STRING, Json.string(text)));
    } catch (CharacterCodingException e) {
      String text = Base64.getEncoder().encodeToString(value);
      input = Json.object(Map.of("base64", Json.string(text)));
    }
    return call(key, "put", input);
  }

  /// Returns a command without conditions.
  static Request.Call call(Key key, String command, Json input) {
    return new Request.Call(key, command, input, null, Precondition.NONE);
  }

  /// Waits for a reply.
  static Reply await(CompletableFuture<Reply> reply) {
    try {
      return reply.orTimeout(PATIENCE_S, TimeUnit.SECONDS).join();
    } catch (CompletionException e) {
      return new Reply.Refused(
          Problem.of(ErrorCode.OUTCOME_UNKNOWN, "server: expected an answer, got none in 30 s"));
    }
  }

  /// Returns an instance, or null if there is none.
  static @Nullable Instance read(Together together, Key key) {
    return switch (together.ask(new Request.Read(key))) {
      case Reply.Found found -> found.instance();
      case Reply.Refused(Problem problem, _, _) when isMissing(problem) -> null;
      case Reply.Refused(Problem problem, _, _) -> throw problem.exception();
      case Reply other -> throw new IllegalStateException("no answer to a read: " + other);
    };
  }
}
