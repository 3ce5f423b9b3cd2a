// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// Reads and writes percent-encoding. Characters of a raw path or header are bytes: 0 to 255.
final class Percent {
  private static final String HEX = "0123456789ABCDEF";

  private Percent() {}

  /// Decodes a part of a raw path or query.
  ///
  /// @throws dev.detent.RefusedException BAD_REQUEST for a malformed `%`, or bytes that are not
  ///   UTF-8
  static String decode(String raw, int from, int to) {
    var bytes = new byte[to - from];
    int length = 0;
    for (int i = from; i < to; i++) {
      char c = raw.charAt(i);
      if (c == '%') {
        bytes[length++] = (byte) hex(raw, i, to);
        i += 2;
      } else {
        bytes[length++] = (byte) c;
      }
    }
    return utf8(bytes, length);
  }

  /// Turns a header's value into text: its characters are the bytes of UTF-8.
  ///
  /// @throws dev.detent.RefusedException BAD_REQUEST for bytes that are not UTF-8
  static String header(String raw) {
    for (int i = 0; i < raw.length(); i++) {
      if (raw.charAt(i) >= 0x80) {
        return utf8(raw.getBytes(StandardCharsets.ISO_8859_1), raw.length());
      }
    }
    return raw;
  }

  /// Encodes every byte of the text that is not visible ASCII, and `%`.
  static String encode(String text) {
    var out = new StringBuilder(text.length() + 16);
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      if (b > ' ' && b < 0x7f && b != '%') {
        out.append((char) b);
      } else {
        out.append('%').append(HEX.charAt((b >> 4) & 0xf)).append(HEX.charAt(b & 0xf));
      }
    }
    return out.toString();
  }

  private static int hex(String raw, int at, int to) {
    int high = at + 1 < to ? Character.digit(raw.charAt(at + 1), 16) : -1;
    int low = at + 2 < to ? Character.digit(raw.charAt(at + 2), 16) : -1;
    if (high < 0 || low < 0) {
      throw Refusals.bad("path: expected two hexadecimal digits after every %, got others");
    }
    return high << 4 | low;
  }

  private static String utf8(byte[] bytes, int length) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, 0, length))
          .toString();
    } catch (CharacterCodingException e) {
      throw Refusals.bad("text: expected UTF-8, got other bytes; percent-encode them as UTF-8");
    }
  }
}
