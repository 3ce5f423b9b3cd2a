// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

import org.jspecify.annotations.Nullable;

/// Says which figure of which case a line of the table shows, against what.
///
/// @param name the case's name
/// @param figure what is shown
/// @param goal what it has to be, or null
record Row(String name, Figure figure, @Nullable Goal goal) {}
