// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.diagram;

import java.util.List;
import java.util.Locale;

/// Estimates the size of text without fonts, and writes text and numbers into XML.
final class Text {
  static final double STATE_PX = 15;
  static final double LABEL_PX = 13;
  static final double LABEL_LINE_PX = 17;

  private static final String NARROW = "fijlrtI.,:;'|!()[]{} `/\\-";
  private static final String WIDE = "mwMWQOGCD@%&+=<>#~";

  private Text() {}

  /// Returns at least the width in pixels that the usual sans-serif fonts give the text.
  static double width(String text, double fontPx) {
    return text.codePoints().mapToDouble(Text::widthEm).sum() * fontPx;
  }

  static double width(List<String> lines, double fontPx) {
    return lines.stream().mapToDouble(line -> width(line, fontPx)).max().orElse(0);
  }

  private static double widthEm(int point) {
    int type = Character.getType(point);
    if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK) {
      return 0;
    }
    if (point >= 0x1100 && (Character.isIdeographic(point) || point < 0x1200 || point > 0x2e80)) {
      return point > 0xffff ? 1.35 : 1.05;
    }
    if (NARROW.indexOf(point) >= 0) {
      return 0.41;
    }
    return WIDE.indexOf(point) >= 0 || Character.isUpperCase(point) ? 0.86 : 0.635;
  }

  /// Returns the text for an element or a quoted attribute; what XML can't hold becomes U+FFFD.
  static String escape(String text) {
    var out = new StringBuilder();
    text.codePoints().forEach(point -> escape(point, out));
    return out.toString();
  }

  private static void escape(int point, StringBuilder out) {
    switch (point) {
      case '&' -> out.append("&amp;");
      case '<' -> out.append("&lt;");
      case '>' -> out.append("&gt;");
      case '"' -> out.append("&quot;");
      case '\'' -> out.append("&#39;");
      default -> out.appendCodePoint(isXml(point) ? point : 0xfffd);
    }
  }

  private static boolean isXml(int point) {
    if (point < 0x20) {
      return point == '\t' || point == '\n';
    }
    return point < 0x7f
        || (point > 0x9f && point < 0xd800)
        || (point > 0xdfff && point != 0xfffe && point != 0xffff);
  }

  /// Returns a number with at most one decimal.
  static String number(double value) {
    String text = String.format(Locale.ROOT, "%.1f", value);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }
}
