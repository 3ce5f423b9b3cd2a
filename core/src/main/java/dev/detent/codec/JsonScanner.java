// SPDX-License-Identifier: Apache-2.0
package dev.detent.codec;

import dev.detent.DetentException;
import dev.detent.ErrorCode;
import dev.detent.Problem;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Checks text against the grammar of RFC 8259 and removes insignificant white space, touching
/// nothing else.
///
/// Stricter than the RFC in three points: members with equal names, nesting beyond [#DEPTH_MAX],
/// and surrogates that are unpaired in the text itself (not in an escape) are refused. It is
/// written by hand, not on Jackson's parser, because that one's messages name its own settings, and
/// its tokens do not keep the spelling of numbers and escapes; a test compares the two.
final class JsonScanner {
  /// The deepest nesting of objects and lists.
  static final int DEPTH_MAX = 500;

  private final String text;
  private int at;
  private int spaces;

  private JsonScanner(String text) {
    this.text = text;
  }

  /// Returns the text without insignificant white space.
  static String compact(String text) {
    var scanner = new JsonScanner(text);
    scanner.skipSpace();
    scanner.value(0);
    scanner.skipSpace();
    if (scanner.at < text.length()) {
      throw scanner.fault("the end of the text");
    }
    return scanner.spaces == 0 ? text : scanner.withoutSpace();
  }

  private String withoutSpace() {
    var out = new StringBuilder(text.length() - spaces);
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      int end = c == '"' ? JsonText.stringEnd(text, i) : i + 1;
      if (!isSpace(c)) {
        out.append(text, i, end);
      }
      i = end;
    }
    return out.toString();
  }

  private void value(int depth) {
    switch (peek()) {
      case '{' -> object(depth + 1);
      case '[' -> array(depth + 1);
      case '"' -> string();
      case 't' -> literal("true");
      case 'f' -> literal("false");
      case 'n' -> literal("null");
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
      default -> throw fault("a value");
    }
  }

  private void object(int depth) {
    enter(depth);
    if (peek() == '}') {
      at++;
      return;
    }
    String first = null;
    Set<String> names = null;
    while (true) {
      int start = at;
      String name = name();
      if (first == null) {
        first = name;
      } else {
        names = names == null ? new HashSet<>(Set.of(first)) : names;
        if (!names.add(name)) {
          at = start;
          throw fault("each member once", "'" + shown(name) + "' again");
        }
      }
      skipSpace();
      expect(':', "':' after the member's name");
      skipSpace();
      value(depth);
      skipSpace();
      if (ended('}', "',' or '}'")) {
        return;
      }
    }
  }

  private String name() {
    if (peek() != '"') {
      throw fault("a member's name in double quotes");
    }
    int start = at;
    string();
    return JsonText.unescape(text, start + 1, at - 1);
  }

  private void array(int depth) {
    enter(depth);
    if (peek() == ']') {
      at++;
      return;
    }
    while (true) {
      value(depth);
      skipSpace();
      if (ended(']', "',' or ']'")) {
        return;
      }
    }
  }

  private void enter(int depth) {
    if (depth > DEPTH_MAX) {
      throw fault("nesting of at most " + DEPTH_MAX, "more");
    }
    at++;
    skipSpace();
  }

  /// Consumes the closing bracket, or a comma and the space after it.
  private boolean ended(char close, String expected) {
    char c = peek();
    if (c != ',' && c != close) {
      throw fault(expected);
    }
    at++;
    skipSpace();
    return c == close;
  }

  private void string() {
    at++;
    while (true) {
      char c = peek();
      at++;
      if (c == '"') {
        return;
      } else if (c == '\\') {
        escape();
      } else if (c < ' ') {
        at--;
        throw fault(at < text.length() ? "control characters as escapes" : "'\"' at the end");
      } else if (Character.isSurrogate(c)) {
        pair(c);
      }
    }
  }

  private void escape() {
    char c = peek();
    if (c == 'u') {
      for (int i = 0; i < 4; i++) {
        at++;
        if (Character.digit(peek(), 16) < 0 || peek() > 'f') {
          throw fault("four hexadecimal digits after \\u");
        }
      }
    } else if (c == 0 || "\"\\/bfnrt".indexOf(c) < 0) {
      throw fault("one of \" \\ / b f n r t u after \\");
    }
    at++;
  }

  private void pair(char high) {
    if (!Character.isHighSurrogate(high) || !Character.isLowSurrogate(peek())) {
      at--;
      throw fault("Unicode text", "an unpaired surrogate");
    }
    at++;
  }

  private void literal(String word) {
    if (!text.startsWith(word, at)) {
      throw fault("a value");
    }
    at += word.length();
  }

  private void number() {
    if (peek() == '-') {
      at++;
    }
    if (peek() == '0') {
      at++;
    } else {
      digits();
    }
    if (peek() == '.') {
      at++;
      digits();
    }
    if (peek() == 'e' || peek() == 'E') {
      at++;
      if (peek() == '+' || peek() == '-') {
        at++;
      }
      digits();
    }
  }

  private void digits() {
    if (!isDigit(peek())) {
      throw fault("a digit");
    }
    while (isDigit(peek())) {
      at++;
    }
  }

  private void expect(char c, String expected) {
    if (peek() != c) {
      throw fault(expected);
    }
    at++;
  }

  private void skipSpace() {
    while (at < text.length() && isSpace(text.charAt(at))) {
      at++;
      spaces++;
    }
  }

  /// Returns the next character, or U+0000, which is nowhere allowed, at the end.
  private char peek() {
    return at < text.length() ? text.charAt(at) : 0;
  }

  private DetentException fault(String expected) {
    return fault(expected, found());
  }

  private DetentException fault(String expected, String got) {
    int line = 1;
    int start = 0;
    for (int i = text.indexOf('\n'); i >= 0 && i < at; i = text.indexOf('\n', i + 1)) {
      line++;
      start = i + 1;
    }
    int column = text.codePointCount(start, at) + 1;
    String where = "JSON, line " + line + ", column " + column;
    return Problem.of(ErrorCode.BAD_REQUEST, where + ": expected " + expected + ", got " + got)
        .with("line", line)
        .with("column", column)
        .exception();
  }

  private String found() {
    if (at >= text.length()) {
      return text.isBlank() ? "nothing" : "the end";
    }
    int c = text.codePointAt(at);
    boolean plain = (c > ' ' && c < 0x7f) || Character.isLetterOrDigit(c);
    return plain ? "'" + Character.toString(c) + "'" : "U+%04X".formatted(c);
  }

  private static String shown(@Nullable String name) {
    String known = String.valueOf(name);
    return known.length() <= 60 ? known : known.substring(0, 57) + "...";
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
  }
}
