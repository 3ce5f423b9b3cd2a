// SPDX-License-Identifier: Apache-2.0
package dev.detent.peer;

import java.io.IOException;

/// Says that whoever is at the other end is no node of this cluster, or of another version.
final class StrangerException extends IOException {
  private static final long serialVersionUID = 1L;

  StrangerException(String message) {
    super(message);
  }
}
