// SPDX-License-Identifier: Apache-2.0
package dev.detent.store;

import dev.detent.Key;

/// Names an idempotency key in its scope.
///
/// @param key the instance
/// @param token the caller's text, 1 to 255 bytes
public record Token(Key key, String token) {}
