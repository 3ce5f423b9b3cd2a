// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import java.util.ArrayList;
import java.util.List;

/// Holds a request's path, cut at its slashes and decoded after that, so that `%2F` is part of a
/// name. Nothing is normalised: `.` and `..` are refused.
///
/// @param segments what stands between the slashes, decoded
/// @param query the raw query without its `?`; empty if there is none
record Target(List<String> segments, String query) {
  /// Cuts a request's target: a path, or an absolute URI.
  ///
  /// @throws dev.detent.RefusedException BAD_REQUEST if it is malformed
  static Target parse(String uri) {
    int start = pathStart(uri);
    int end = uri.indexOf('?', start);
    String query = end < 0 ? "" : uri.substring(end + 1);
    if (end < 0) {
      end = uri.length();
    }
    requirePrintable(uri);
    var segments = new ArrayList<String>(4);
    for (int from = start + 1; from <= end; ) {
      int slash = uri.indexOf('/', from);
      int to = slash < 0 || slash > end ? end : slash;
      segments.add(segment(uri, from, to));
      from = to + 1;
    }
    return new Target(segments, query);
  }

  /// Returns how many segments there are.
  int count() {
    return segments.size();
  }

  /// Returns the decoded path, for messages.
  String path() {
    return "/" + String.join("/", segments);
  }

  /// Returns a segment, counted from 0.
  String segment(int index) {
    return segments.get(index);
  }

  private static int pathStart(String uri) {
    if (uri.startsWith("/")) {
      return 0;
    }
    int authority = uri.startsWith("http://") ? 7 : uri.startsWith("https://") ? 8 : -1;
    int slash = authority < 0 ? -1 : uri.indexOf('/', authority);
    if (slash < 0) {
      throw Refusals.bad("path: expected one that begins with /, got another");
    }
    return slash;
  }

  private static void requirePrintable(String uri) {
    for (int i = 0; i < uri.length(); i++) {
      char c = uri.charAt(i);
      if (c <= ' ' || c == 0x7f || c == '#') {
        throw Refusals.bad("path: expected blanks, control characters and # encoded, got them raw");
      }
    }
  }

  private static String segment(String uri, int from, int to) {
    String segment =
        isPlain(uri, from, to) ? uri.substring(from, to) : Percent.decode(uri, from, to);
    if (segment.equals(".") || segment.equals("..")) {
      throw Refusals.bad("path: expected no '.' and '..', got '" + segment + "'");
    }
    return segment;
  }

  private static boolean isPlain(String uri, int from, int to) {
    for (int i = from; i < to; i++) {
      char c = uri.charAt(i);
      if (c == '%' || c >= 0x80) {
        return false;
      }
    }
    return true;
  }
}
