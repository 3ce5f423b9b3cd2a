// SPDX-License-Identifier: Apache-2.0
package dev.detent.codec;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.TreeMap;

/// Computes what is equal for equal JSON values: SHA-256 over a canonical spelling.
///
/// Members are sorted by the UTF-16 units of their names, strings are escaped in one way only,
/// numbers are `0`, or digits without zeros at either end, `e` and an exponent. Numbers are never
/// expanded. Numbers of the same value whose exponents have more than [#EXPONENT_DIGITS_MAX] digits
/// count as equal only if they are spelled the same.
final class Fingerprint {
  /// The longest exponent that is computed with.
  static final int EXPONENT_DIGITS_MAX = 1_000;

  private final StringBuilder out = new StringBuilder();

  private Fingerprint() {}

  /// Returns 64 hexadecimal digits.
  static String of(String text) {
    var fingerprint = new Fingerprint();
    fingerprint.value(text);
    byte[] canonical = fingerprint.out.toString().getBytes(StandardCharsets.UTF_8);
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(canonical));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256: expected in every JDK, got none", e);
    }
  }

  private void value(String text) {
    switch (text.charAt(0)) {
      case '{' -> object(text);
      case '[' -> array(text);
      case '"' -> JsonText.quote(out, JsonText.unescape(text, 1, text.length() - 1));
      case 't', 'f', 'n' -> out.append(text);
      default -> number(text);
    }
  }

  private void object(String text) {
    var members = new TreeMap<String, String>();
    for (var cursor = new MemberCursor(text); cursor.next(); ) {
      members.put(cursor.name(), cursor.value());
    }
    out.append('{');
    members.forEach((name, value) -> {
      JsonText.quote(out, name);
      out.append(':');
      value(value);
      out.append(',');
    });
    out.append('}');
  }

  private void array(String text) {
    out.append('[');
    int at = 1;
    while (text.charAt(at) != ']') {
      int end = JsonText.valueEnd(text, at);
      value(text.substring(at, end));
      out.append(',');
      at = text.charAt(end) == ',' ? end + 1 : end;
    }
    out.append(']');
  }

  private void number(String text) {
    int sign = text.charAt(0) == '-' ? 1 : 0;
    int exponentAt = Math.max(text.indexOf('e'), text.indexOf('E'));
    int mantissaEnd = exponentAt < 0 ? text.length() : exponentAt;
    int point = text.indexOf('.');
    int whole = point < 0 ? mantissaEnd : point;
    String fraction = point < 0 ? "" : text.substring(point + 1, mantissaEnd);
    String digits = text.substring(sign, whole) + fraction;
    int first = 0;
    while (first < digits.length() && digits.charAt(first) == '0') {
      first++;
    }
    int last = digits.length();
    while (last > first && digits.charAt(last - 1) == '0') {
      last--;
    }
    if (first == last) {
      out.append('0');
      return;
    }
    String exponent = exponentAt < 0 ? "0" : text.substring(exponentAt + 1);
    if (exponent.length() > EXPONENT_DIGITS_MAX) {
      out.append(text);
      return;
    }
    long shift = (long) digits.length() - last - fraction.length();
    out.append(sign == 1 ? "-" : "").append(digits, first, last).append('e');
    out.append(new BigInteger(exponent).add(BigInteger.valueOf(shift)));
  }
}
