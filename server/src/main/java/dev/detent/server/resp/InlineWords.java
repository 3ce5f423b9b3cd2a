// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/// Splits an inline command into its words: by white space, with `"…"` in which `\n \r \t \b \a \"
/// \\ \xHH` are escapes, and `'…'` in which `\'` is.
final class InlineWords {
  private static final String ESCAPES = "nrtba";
  private static final String MEANINGS = "\n\r\t\b\u0007";

  private final String line;
  private int at;

  private InlineWords(String line) {
    this.line = line;
  }

  /// Splits a line, one character for each byte.
  static byte[][] split(String line) throws ProtocolException {
    return new InlineWords(line).words();
  }

  private byte[][] words() throws ProtocolException {
    List<byte[]> words = new ArrayList<>();
    while (skipSpace()) {
      words.add(word());
    }
    return words.toArray(byte[][]::new);
  }

  private boolean skipSpace() {
    while (at < line.length() && isSpace(line.charAt(at))) {
      at++;
    }
    return at < line.length();
  }

  private byte[] word() throws ProtocolException {
    var word = new ByteArrayOutputStream();
    while (at < line.length() && !isSpace(line.charAt(at)) && line.charAt(at) != 0) {
      char c = line.charAt(at++);
      if (c == '"' || c == '\'') {
        quoted(c, word);
        requireEnd();
        return word.toByteArray();
      }
      word.write(c);
    }
    if (at < line.length() && line.charAt(at) == 0) {
      at = line.length(); // as in C, where the line ends here
    }
    return word.toByteArray();
  }

  private void quoted(char quote, ByteArrayOutputStream word) throws ProtocolException {
    while (at < line.length() && line.charAt(at) != quote) {
      char c = line.charAt(at++);
      if (c == '\\' && at < line.length() && (quote == '"' || line.charAt(at) == '\'')) {
        word.write(quote == '"' ? escaped() : line.charAt(at++));
      } else {
        word.write(c);
      }
    }
    if (at == line.length()) {
      throw unbalanced();
    }
    at++;
  }

  private int escaped() {
    char c = line.charAt(at++);
    if (c == 'x' && at + 2 <= line.length() && isHex(at) && isHex(at + 1)) {
      int value = Integer.parseInt(line, at, at + 2, 16);
      at += 2;
      return value;
    }
    int known = ESCAPES.indexOf(c);
    return known < 0 ? c : MEANINGS.charAt(known);
  }

  private boolean isHex(int index) {
    char c = line.charAt(index);
    return c < 0x80 && Character.digit(c, 16) >= 0;
  }

  private void requireEnd() throws ProtocolException {
    if (at < line.length() && !isSpace(line.charAt(at))) {
      throw unbalanced();
    }
  }

  private static ProtocolException unbalanced() {
    return ProtocolException.of("unbalanced quotes in request");
  }

  private static boolean isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }
}
