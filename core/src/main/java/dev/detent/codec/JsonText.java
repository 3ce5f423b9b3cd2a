// SPDX-License-Identifier: Apache-2.0
package dev.detent.codec;

import dev.detent.Names;

/// Walks through compact text that is known to be JSON, and writes strings.

final class JsonText {
  private static final char[] HEX = "0123456789abcdef".toCharArray();

  private JsonText() {}

  /// Returns the index after the string whose opening quote is at an index.
  static int stringEnd(String text, int start) {
    int quote = text.indexOf('"', start + 1);
    while (isEscaped(text, quote)) {
      quote = text.indexOf('"', quote + 1);
    }
    return quote + 1;
  }

  private static boolean isEscaped(String text, int quote) {
    int i = quote;
    while (text.charAt(i - 1) == '\\') {
      i--;
    }
    return (quote - i) % 2 == 1;
  }

  /// Returns the index after the value that begins at an index.
  static int valueEnd(String text, int start) {
    return switch (text.charAt(start)) {
      case '"' -> stringEnd(text, start);
      case '{', '[' -> nestedEnd(text, start);
      default -> plainEnd(text, start);
    };
  }

  private static int plainEnd(String text, int start) {
    int i = start;
    while (i < text.length() && ",]}".indexOf(text.charAt(i)) < 0) {
      i++;
    }
    return i;
  }

  private static int nestedEnd(String text, int start) {
    int depth = 0;
    int i = start;
    do {
      char c = text.charAt(i);
      if (c == '"') {
        i = stringEnd(text, i);
        continue;
      }
      if (c == '{' || c == '[') {
        depth++;
      } else if (c == '}' || c == ']') {
        depth--;
      }
      i++;
    } while (depth > 0);
    return i;
  }

  /// Returns what the inside of a string stands for.
  static String unescape(String text, int start, int end) {
    int escape = text.indexOf('\\', start);
    if (escape < 0 || escape >= end) {
      return text.substring(start, end);
    }
    var out = new StringBuilder(end - start).append(text, start, escape);
    int i = escape;
    while (i < end) {
      char c = text.charAt(i);
      if (c != '\\') {
        out.append(c);
        i += 1;
      } else if (text.charAt(i + 1) == 'u') {
        out.append((char) Integer.parseInt(text, i + 2, i + 6, 16));
        i += 6;
      } else {
        out.append(unescaped(text.charAt(i + 1)));
        i += 2;
      }
    }
    return out.toString();
  }

  private static char unescaped(char c) {
    return switch (c) {
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      default -> c;
    };
  }

  /// Appends text as a string: only what must be is escaped, and unpaired surrogates are too.
  static void quote(StringBuilder out, String value) {
    out.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ' || (Character.isSurrogate(c) && !isPaired(value, i))) {
        escape(out, c);
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }

  /// Returns JSON with its unpaired surrogates escaped: as they are, no UTF-8 could carry them.
  static String withoutUnpaired(String json) {
    if (Names.utf8Length(json) >= 0) {
      return json;
    }
    var out = new StringBuilder(json.length() + 16);
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      if (Character.isSurrogate(c) && !isPaired(json, i)) {
        escape(out, c);
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  private static void escape(StringBuilder out, char c) {
    int known = "\b\f\n\r\t".indexOf(c);
    if (known >= 0) {
      out.append('\\').append("bfnrt".charAt(known));
      return;
    }
    out.append("\\u");
    for (int shift = 12; shift >= 0; shift -= 4) {
      out.append(HEX[(c >> shift) & 0xf]);
    }
  }

  private static boolean isPaired(String value, int i) {
    char c = value.charAt(i);
    if (Character.isHighSurrogate(c)) {
      return i + 1 < value.length() && Character.isLowSurrogate(value.charAt(i + 1));
    }
    return i > 0 && Character.isHighSurrogate(value.charAt(i - 1));
  }
}
