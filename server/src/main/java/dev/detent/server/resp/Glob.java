// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import java.util.Locale;

/// Matches text with patterns as Redis does: `*`, `?`, `[abc]`, `[^a-c]`, and `\` before any
/// character for itself.
///
/// It takes time in proportion to pattern times text, whatever they are.
final class Glob {
  private final String pattern;
  private final String text;
  private int next;

  private Glob(String pattern, String text) {
    this.pattern = pattern;
    this.text = text;
  }

  static boolean matches(String pattern, String text) {
    return new Glob(pattern, text).matches();
  }

  /// Matches names of settings, whatever their case.
  static boolean matchesName(String pattern, String name) {
    return matches(pattern.toLowerCase(Locale.ROOT), name);
  }

  private boolean matches() {
    int p = 0;
    int t = 0;
    int star = -1;
    int retry = 0;
    while (t < text.length()) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        retry = t;
      } else if (p < pattern.length() && one(p, text.codePointAt(t))) {
        p = next;
        t += Character.charCount(text.codePointAt(t));
      } else if (star >= 0) {
        p = star + 1;
        retry += Character.charCount(text.codePointAt(retry));
        t = retry;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }

  /// Matches one character with the part of the pattern at an index, and notes where the next part
  /// begins.
  private boolean one(int p, int c) {
    int own = pattern.codePointAt(p);
    int after = p + Character.charCount(own);
    if (own == '?') {
      next = after;
      return true;
    } else if (own == '[') {
      return set(after, c);
    } else if (own == '\\' && after < pattern.length()) {
      own = pattern.codePointAt(after);
      after += Character.charCount(own);
    }
    next = after;
    return own == c;
  }

  private boolean set(int from, int c) {
    int p = from;
    boolean negated = p < pattern.length() && pattern.charAt(p) == '^';
    p += negated ? 1 : 0;
    boolean found = false;
    while (p < pattern.length() && pattern.charAt(p) != ']') {
      boolean literal = pattern.charAt(p) == '\\' && p + 1 < pattern.length();
      p += literal ? 1 : 0;
      int low = pattern.codePointAt(p);
      p += Character.charCount(low);
      int high = low;
      if (!literal && p + 1 < pattern.length() && pattern.charAt(p) == '-') {
        high = pattern.codePointAt(p + 1);
        p += 1 + Character.charCount(high);
      }
      found |= c >= Math.min(low, high) && c <= Math.max(low, high);
    }
    next = Math.min(p + 1, pattern.length());
    return found != negated;
  }
}
