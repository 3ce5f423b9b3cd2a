// SPDX-License-Identifier: Apache-2.0
package dev.detent.peer;

/// Says why a request has no reply.
///
/// @param kind what is certain
/// @param message a sentence for people
public record PeerFailure(Kind kind, String message) {
  /// Tells what is certain of a request that has no reply.
  public enum Kind {
    /// The other node has not acted, and may be asked again.
    NOT_SENT,
    /// The other node has not acted, since too many requests are under way. What is asked later may
    /// be taken all the same.
    BUSY,
    /// The other node may have acted or not: the connection or the deadline ended first.
    CUT,
    /// The other node may have acted or not, but has no answer that could be sent. The connection
    /// holds; asking again is of no use.
    FAILED,
    /// The other node has not acted and never will: another secret, another protocol, or a request
    /// beyond the limit. Asking again does not help.
    REFUSED
  }
}
