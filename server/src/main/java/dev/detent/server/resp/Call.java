// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import dev.detent.Key;
import dev.detent.machine.DocumentMachine;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// Holds one command as a client sent it.
///
/// **Threads**: immutable.
final class Call {
  private static final int WHOLE_DIGITS_MAX = 19;

  private final Session session;
  private final Command command;
  private final byte[][] parts;

  /// Makes a call.
  ///
  /// @param session who sent it
  /// @param command what it is
  /// @param parts its name and arguments
  Call(Session session, Command command, byte[][] parts) {
    this.session = session;
    this.command = command;
    this.parts = parts;
  }

  Session session() {
    return session;
  }

  Command command() {
    return command;
  }

  /// Returns the command's name and its arguments.
  byte[][] parts() {
    return parts;
  }

  Shared shared() {
    return session.shared();
  }

  /// Returns how many parts there are, the name included.
  int count() {
    return parts.length;
  }

  /// Returns a part as text.
  String text(int index) {
    byte[] bytes = parts[index];
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (text.indexOf('\ufffd') >= 0) {
      requireUnicode(index);
    }
    return text;
  }

  private void requireUnicode(int index) {
    try {
      var _ = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(parts[index]));
    } catch (CharacterCodingException e) {
      throw new Refusal(
          Answer.error("argument " + index + ": expected UTF-8, got other bytes; encode it"));
    }
  }

  /// Returns the instance of the built-in machine that a part names.
  Key key(int index) {
    return new Key(DocumentMachine.NAME, text(index));
  }

  /// Tells whether a part is a word, in any case.
  boolean is(int index, String word) {
    return index < parts.length
        && parts[index].length == word.length()
        && new String(parts[index], StandardCharsets.ISO_8859_1).equalsIgnoreCase(word);
  }

  /// Returns a part as a whole number.
  ///
  /// @param wrong what to answer if it is none
  long whole(int index, Answer wrong) {
    String text = new String(parts[index], StandardCharsets.ISO_8859_1);
    String digits = text.startsWith("-") ? text.substring(1) : text;
    boolean good = !digits.isEmpty() && digits.length() <= WHOLE_DIGITS_MAX;
    good = good && digits.chars().allMatch(c -> c >= '0' && c <= '9');
    try {
      if (good) {
        return Long.parseLong(text);
      }
    } catch (NumberFormatException e) {
      throw new Refusal(wrong);
    }
    throw new Refusal(wrong);
  }

  /// Returns a part as a whole number.
  long whole(int index) {
    return whole(index, Refusal.NOT_WHOLE);
  }
}
