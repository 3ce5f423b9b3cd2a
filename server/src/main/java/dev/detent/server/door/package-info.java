// SPDX-License-Identifier: Apache-2.0
/// Holds what all doors share, whatever their protocol.
///
/// May import core. No protocol is here.
@NullMarked
package dev.detent.server.door;

import org.jspecify.annotations.NullMarked;
