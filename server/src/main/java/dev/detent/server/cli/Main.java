// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/// Starts from the command line.
public final class Main {
  private Main() {}

  /// Runs a command and ends the process: 0 ok, 1 usage, 2 system.
  public static void main(String[] arguments) {
    PrintStream out = stream(FileDescriptor.out);
    PrintStream err = stream(FileDescriptor.err);
    int code = new Commands(new Console(out, err)).run(arguments);
    out.flush();
    // Whatever threads are left by now have nothing to say any more.
    System.exit(code);
  }

  /// UTF-8 whatever the locale: state names and paths are shown as they are.
  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }
}
