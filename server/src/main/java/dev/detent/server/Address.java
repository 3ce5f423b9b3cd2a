// SPDX-License-Identifier: Apache-2.0
package dev.detent.server;

import org.jspecify.annotations.Nullable;

/// Says where a door listens.
///
/// @param host a name or an address; an IPv6 address without brackets
/// @param port 0 to 65,535; 0 asks for a free one
public record Address(String host, int port) {
  private static final int PORT_MAX = 65_535;

  /// Returns the address that a text such as `127.0.0.1:8080` or `[::1]:8080` names, or null if it
  /// names none.
  public static @Nullable Address parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 1) {
      return null;
    }
    String host = text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.indexOf(':') >= 0) {
      return null;
    }
    int port = number(text.substring(colon + 1));
    return port < 0 || host.isEmpty() || host.contains(" ") ? null : new Address(host, port);
  }

  private static int number(String text) {
    boolean digits = !text.isEmpty() && text.length() <= 5;
    for (int i = 0; digits && i < text.length(); i++) {
      digits = text.charAt(i) >= '0' && text.charAt(i) <= '9';
    }
    int port = digits ? Integer.parseInt(text) : -1;
    return port > PORT_MAX ? -1 : port;
  }

  /// Returns what [#parse] reads.
  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
