// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;

/// Finds out whether anybody listens at an address.
final class Probe {
  private static final int CONNECT_MS_MAX = 200;

  private Probe() {}

  /// Tells whether the host says that nobody listens there. Silence says nothing. Blocks.
  ///
  /// @param address `host:port`
  static boolean refused(String address) {
    int colon = address.lastIndexOf(':');
    if (colon < 0) {
      return false;
    }
    int port = Integer.parseInt(address.substring(colon + 1));
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(address.substring(0, colon), port), CONNECT_MS_MAX);
      return false;
    } catch (ConnectException e) {
      return String.valueOf(e.getMessage()).contains("refused");
    } catch (IOException e) {
      return false;
    }
  }
}
