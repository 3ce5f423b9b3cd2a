// SPDX-License-Identifier: Apache-2.0
/// Runs machines: the pure kernel, the lanes that batch decisions into commits, timers, and
/// `Detent`, the face for an application.
///
/// May import every package of core but sql.
@NullMarked
package dev.detent.engine;

import org.jspecify.annotations.NullMarked;
