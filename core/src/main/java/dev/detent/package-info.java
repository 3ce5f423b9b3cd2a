// SPDX-License-Identifier: Apache-2.0
/// Holds the words that every other package shares: [Key][dev.detent.Key],
/// [Offset][dev.detent.Offset], the one table of errors ([ErrorCode][dev.detent.ErrorCode]) and the
/// exceptions that carry them.
///
/// Start with [ErrorCode][dev.detent.ErrorCode]. Imports nothing but the JDK. Nothing that reads,
/// decides or stores is here.
@NullMarked
package dev.detent;

import org.jspecify.annotations.NullMarked;
