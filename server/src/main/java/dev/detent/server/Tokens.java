// SPDX-License-Identifier: Apache-2.0
package dev.detent.server;

import dev.detent.ErrorCode;
import dev.detent.Problem;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Reads the bearer token.
final class Tokens {
  private static final int BYTES_MAX = 4096;

  private Tokens() {}

  /// Returns what the file holds without surrounding white space; null if there is no file.
  static @Nullable String read(@Nullable Path file) {
    if (file == null) {
      return null;
    }
    String token = TextFile.read("token-file", file, BYTES_MAX).strip();
    if (token.isEmpty() || !token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw Problem.of(
              ErrorCode.UNAVAILABLE,
              "token-file: expected one line of printable ASCII without blanks in "
                  + file
                  + ", got something else")
          .exception();
    }
    return token;
  }
}
