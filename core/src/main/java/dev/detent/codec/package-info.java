// SPDX-License-Identifier: Apache-2.0
/// Turns bytes into values and back: JSON text, and records and sealed types by Jackson.
///
/// Start with [Json][dev.detent.codec.Json] and [Codec][dev.detent.codec.Codec]. May import the
/// root package. No rules about machines are here.
@NullMarked
package dev.detent.codec;

import org.jspecify.annotations.NullMarked;
