// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.door;

import java.util.Locale;

/// Spells constants as Prometheus labels.
final class Labels {
  private Labels() {}

  static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
