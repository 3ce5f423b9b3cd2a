// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Reads commands from bytes as they come, whatever their pieces.
///
/// **Limits**: a line of 64 KiB, a bulk of 1 MiB (the document of `SM.SET`: 4 MiB), a command of 8
/// MiB and 1,048,576 parts; for who is not authenticated yet a bulk of 16 KiB and 10 parts.
///
/// **Threads**: its event loop's.
final class RespParser {
  static final int LINE_BYTES_MAX = 64 << 10;
  static final int BULK_BYTES_MAX = 1 << 20;
  static final int DOCUMENT_BYTES_MAX = 4 << 20;
  private static final int COMMAND_BYTES_MAX = 8 << 20;
  private static final int PARTS_MAX = 1 << 20;
  private static final int STRANGER_BULK_BYTES_MAX = 16 << 10;
  private static final int STRANGER_PARTS_MAX = 10;
  private static final int DOCUMENT_PART = 2;
  private static final int PLAIN_DIGITS_MAX = 6;
  private static final int UNKNOWN = -1;

  private byte[] bytes = new byte[1024];
  private int start;
  private int end;
  private int scanned;

  private byte[][] parts = {};
  private int missing;
  private int found;
  private int bulk = UNKNOWN;
  private long taken;

  /// Takes bytes that came.
  void feed(Buffer piece) {
    int more = piece.length();
    if (bytes.length - end < more) {
      makeRoom(more);
    }
    piece.getBytes(bytes, end);
    end += more;
  }

  private void makeRoom(int more) {
    int used = end - start;
    int wanted = used + more;
    byte[] roomy = wanted > bytes.length ? new byte[Math.max(wanted, bytes.length * 2)] : bytes;
    System.arraycopy(bytes, start, roomy, 0, used);
    scanned -= start;
    bytes = roomy;
    start = 0;
    end = used;
  }

  /// Returns how many bytes it holds that are not taken yet.
  int waiting() {
    return end - start;
  }

  /// Returns about how much memory it takes.
  long memory() {
    return bytes.length + taken;
  }

  /// Returns the next command, or null if it is not here as a whole yet.
  ///
  /// @param stranger whether the client must still say who it is
  byte @Nullable [][] next(boolean stranger) throws ProtocolException {
    byte[][] command = null;
    boolean more = true;
    while (command == null && more) {
      if (missing > 0) {
        more = part(stranger);
        command = more && missing == 0 ? complete() : null;
      } else if (start == end) {
        more = false;
      } else if (bytes[start] == '*') {
        more = head(stranger);
      } else {
        String line = line("too big inline request");
        more = line != null;
        command = line == null ? null : inline(line);
      }
    }
    if (start == end) {
      rest();
    }
    return command;
  }

  private void rest() {
    start = 0;
    end = 0;
    scanned = 0;
    if (bytes.length > LINE_BYTES_MAX * 2) {
      bytes = new byte[1024];
    }
  }

  private boolean head(boolean stranger) throws ProtocolException {
    long count = plain();
    if (count == UNKNOWN) {
      String line = marked("too big mbulk count string", "invalid multibulk length");
      if (line == null) {
        return false;
      }
      count = number(line, "invalid multibulk length");
    }
    if (count > PARTS_MAX) {
      throw ProtocolException.of("invalid multibulk length");
    } else if (stranger && count > STRANGER_PARTS_MAX) {
      throw ProtocolException.of("unauthenticated multibulk length");
    }
    missing = (int) Math.max(0, count);
    parts = new byte[Math.min(missing, 64)][];
    found = 0;
    taken = 0;
    return true;
  }

  private boolean part(boolean stranger) throws ProtocolException {
    if (bulk == UNKNOWN && !bulkLength(stranger)) {
      return false;
    }
    if (end - start < bulk + 2) {
      return false;
    }
    if (found == parts.length) {
      parts = Arrays.copyOf(parts, Math.min(found + missing, found * 2));
    }
    parts[found++] = Arrays.copyOfRange(bytes, start, start + bulk);
    start += bulk + 2;
    scanned = start;
    taken += bulk + 24L;
    if (taken > COMMAND_BYTES_MAX) {
      throw ProtocolException.of("too big command");
    }
    missing--;
    bulk = UNKNOWN;
    return true;
  }

  private boolean bulkLength(boolean stranger) throws ProtocolException {
    if (start == end) {
      return false;
    }
    if (bytes[start] != '$') {
      throw ProtocolException.of("expected '$', got '" + (char) (bytes[start] & 0xff) + "'");
    }
    long length = plain();
    if (length == UNKNOWN) {
      String line = marked("too big bulk count string", "invalid bulk length");
      if (line == null) {
        return false;
      }
      length = number(line, "invalid bulk length");
    }
    if (length < 0 || length > bulkMax()) {
      throw ProtocolException.of("invalid bulk length");
    } else if (stranger && length > STRANGER_BULK_BYTES_MAX) {
      throw ProtocolException.of("unauthenticated bulk length");
    }
    bulk = (int) length;
    return true;
  }

  private int bulkMax() {
    boolean document = found == DOCUMENT_PART && name(parts[0]).equals("sm.set");
    return document ? DOCUMENT_BYTES_MAX : BULK_BYTES_MAX;
  }

  private byte[][] complete() {
    byte[][] command = found == parts.length ? parts : Arrays.copyOf(parts, found);
    parts = new byte[0][];
    taken = 0;
    return command;
  }

  /// Takes a line as [#line] does; it must end as Redis has it, with both characters.
  private @Nullable String marked(String tooLong, String wrong) throws ProtocolException {
    String line = line(tooLong);
    if (line != null && bytes[start - 2] != '\r') {
      throw ProtocolException.of(wrong);
    }
    return line;
  }

  /// Takes a line, or returns null if its end is not here yet.
  private @Nullable String line(String tooLong) throws ProtocolException {
    int at = Math.max(scanned, start);
    while (at < end && bytes[at] != '\n') {
      at++;
    }
    scanned = at;
    if (at - start > LINE_BYTES_MAX) {
      throw ProtocolException.of(tooLong);
    }
    if (at == end) {
      return null;
    }
    int last = at > start && bytes[at - 1] == '\r' ? at - 1 : at;
    String line = new String(bytes, start, last - start, StandardCharsets.ISO_8859_1);
    start = at + 1;
    scanned = start;
    return line;
  }

  /// Takes a line that is here as a whole and has a number of at most six digits after its first
  /// character; leaves any other for [#marked] and returns [#UNKNOWN]. Nearly all are so, and there
  /// is one for each word of each command.
  private int plain() {
    int at = start + 1;
    int value = 0;
    while (at < end && at - start <= PLAIN_DIGITS_MAX && bytes[at] >= '0' && bytes[at] <= '9') {
      value = value * 10 + bytes[at] - '0';
      at++;
    }
    int digits = at - start - 1;
    boolean whole = digits > 0 && (digits == 1 || bytes[start + 1] != '0');
    if (!whole || end - at < 2 || bytes[at] != '\r' || bytes[at + 1] != '\n') {
      return UNKNOWN;
    }
    start = at + 2;
    scanned = start;
    return value;
  }

  private static long number(String line, String wrong) throws ProtocolException {
    String digits = line.substring(1);
    int sign = digits.startsWith("-") ? 1 : 0;
    boolean good = digits.length() > sign && digits.length() <= 10 + sign;
    good = good && (digits.charAt(sign) != '0' || digits.equals("0"));
    for (int i = sign; good && i < digits.length(); i++) {
      good = digits.charAt(i) >= '0' && digits.charAt(i) <= '9';
    }
    if (!good) {
      throw ProtocolException.of(wrong);
    }
    return Long.parseLong(digits);
  }

  private static byte @Nullable [][] inline(String line) throws ProtocolException {
    if (line.endsWith(" HTTP/1.1") || line.endsWith(" HTTP/1.0")) {
      throw ProtocolException.silent();
    }
    byte[][] words = InlineWords.split(line);
    return words.length == 0 ? null : words;
  }

  /// Returns the name of a command as it is looked up.
  static String name(byte[] word) {
    int length = Math.min(word.length, 128);
    return new String(word, 0, length, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
  }
}
