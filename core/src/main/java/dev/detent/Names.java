// SPDX-License-Identifier: Apache-2.0
package dev.detent;

import java.util.Set;

/// Holds the rules for names of machines, commands and states.
public final class Names {
  /// The machine names that doors need for themselves.
  public static final Set<String> RESERVED_MACHINES = Set.of("api", "ui", "health", "metrics");

  /// The command names that doors need for themselves.
  public static final Set<String> RESERVED_COMMANDS = Set.of("send", "history");

  /// The most bytes of UTF-8 that a state's name may have.
  public static final int STATE_BYTES_MAX = 64;

  private static final int NAME_LENGTH_MAX = 64;

  private Names() {}

  /// Tells whether the text matches `[A-Za-z][A-Za-z0-9_.-]{0,63}`, the rule for the names of
  /// machines and commands.
  public static boolean isName(String text) {
    if (text.isEmpty() || text.length() > NAME_LENGTH_MAX || !isLetter(text.charAt(0))) {
      return false;
    }
    for (int i = 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!isLetter(c) && (c < '0' || c > '9') && c != '_' && c != '.' && c != '-') {
        return false;
      }
    }
    return true;
  }

  /// Tells whether the text may name a state: 1 to 64 bytes of UTF-8 without control characters.
  public static boolean isStateName(String text) {
    int bytes = utf8Length(text);
    return bytes >= 1
        && bytes <= STATE_BYTES_MAX
        && text.codePoints().noneMatch(Character::isISOControl);
  }

  /// Returns the text if [#isName] holds for it.
  ///
  /// @param what how to call it in the message, such as `machine name`
  /// @throws RefusedException BAD_REQUEST otherwise
  public static String requireName(String what, String text) {
    if (!isName(text)) {
      throw Problem.of(
              ErrorCode.BAD_REQUEST,
              what
                  + ": expected [A-Za-z][A-Za-z0-9_.-]{0,63}, got '"
                  + shown(text)
                  + "'; rename it")
          .exception();
    }
    return text;
  }

  /// Returns how many bytes the text has in UTF-8, or -1 if it has an unpaired surrogate.
  public static int utf8Length(String text) {
    int bytes = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        bytes += 1;
      } else if (c < 0x800) {
        bytes += 2;
      } else if (!Character.isSurrogate(c)) {
        bytes += 3;
      } else if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        bytes += 4;
        i++;
      } else {
        return -1;
      }
    }
    return bytes;
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private static String shown(String text) {
    return text.length() <= 80 ? text : text.substring(0, 77) + "...";
  }
}
