// SPDX-License-Identifier: Apache-2.0
package dev.detent.server;

import dev.detent.ErrorCode;
import dev.detent.Problem;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Reads files that an operator names.
final class TextFile {
  private TextFile() {}

  /// Reads a file as UTF-8.
  ///
  /// @param what how to call it in the message, such as `define`
  /// @param file the file
  /// @param bytesMax the largest size that is read, in bytes
  /// @throws dev.detent.UnavailableException in one line, if it can't be read or is larger
  static String read(String what, Path file, long bytesMax) {
    try {
      if (Files.isDirectory(file)) {
        throw unreadable(what, file, "a directory");
      }
      long bytes = Files.size(file);
      if (bytes > bytesMax) {
        throw unreadable(what, file, bytes + " bytes; at most " + bytesMax + " are read");
      }
      return Files.readString(file);
    } catch (IOException e) {
      throw unreadable(what, file, reason(e));
    }
  }

  private static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException missing -> "no such file";
      case AccessDeniedException denied -> "no permission to read it";
      case CharacterCodingException coding -> "text that is not UTF-8";
      default -> e.getClass().getSimpleName();
    };
  }

  private static RuntimeException unreadable(String what, Path file, String got) {
    return Problem.of(
            ErrorCode.UNAVAILABLE, what + ": expected a readable file, got " + file + ": " + got)
        .exception();
  }
}
