// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.codec.Json;

/// Turns requests and replies into messages between nodes and back: an object whose member `type`
/// names the variant.
///
/// **Guarantees**: nothing is lost, no number loses a digit.
///
/// **Errors**: reading throws a RefusedException BAD_REQUEST for what is no such message, or a
/// variant that this node does not know; nothing of it is done.
///
/// **Threads**: safe for any number of threads.
final class Wire {
  private static final String LOOK = "look";
  private static final String CLEAR = "clear";
  private static final String PARTITION = "partition";
  private static final String KEPT = "kept";

  private Wire() {}

  /// Says what another node sent.
  sealed interface Message {
    /// Asks something of an instance or an invocation.
    record Asks(Request request) implements Message {}

    /// Asks to look for partitions that are free.
    record Look() implements Message {}

    /// Asks for all requests for a partition that were not acted on.
    record Clear(int partition) implements Message {}
  }

  /// Writes a request.
  static Json write(Request request) {
    return RequestMessage.write(request);
  }

  /// Reads what another node sent.
  static Message read(Json message) {
    var members = Members.of("request of another node", message);
    return switch (members.text("type")) {
      case LOOK -> new Message.Look();
      case CLEAR -> new Message.Clear(members.smallNumber(PARTITION));
      default -> new Message.Asks(RequestMessage.read(members));
    };
  }

  /// Writes an answer.
  static Json write(Reply reply) {
    return ReplyMessage.write(reply);
  }

  /// Reads an answer.
  static Reply readReply(Json message) {
    return ReplyMessage.read(Members.of("answer of another node", message));
  }

  /// Returns what asks a node to look for partitions that are free.
  static Json look() {
    return new Fields().text("type", LOOK).json();
  }

  /// Returns what asks a node for all requests for a partition that it has not acted on.
  static Json clear(int partition) {
    return new Fields().text("type", CLEAR).number(PARTITION, partition).json();
  }

  /// Returns what says that they have come back.
  ///
  /// @param kept whether the node owns the partition, and acts on them itself
  static Json cleared(boolean kept) {
    return new Fields().flag(KEPT, kept).json();
  }

  /// Reads whether a node acts on the requests that it was to send back.
  static boolean readCleared(Json message) {
    return Members.of("answer of another node", message).flag(KEPT);
  }
}
