// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.codec.Json;
import org.jspecify.annotations.Nullable;

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

  private Wire() {}

  /// Writes a request.
  static Json write(Request request) {
    return RequestMessage.write(request);
  }

  /// Reads a request, or returns null if it only asks to look for partitions that are free.
  static @Nullable Request readRequest(Json message) {
    var members = Members.of("request of another node", message);
    return members.text("type").equals(LOOK) ? null : RequestMessage.read(members);
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
}
